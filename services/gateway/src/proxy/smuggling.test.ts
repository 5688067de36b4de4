import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startGateway, type TestGateway } from "../fixtures/start-gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.ocrApi.calls.length = 0;
});

const SMUGGLED = "DELETE /v1/documents/doc_1 HTTP/1.1\r\nhost: x\r\nx-smuggled: 1\r\n\r\n";

/** A call and, right behind it on the same connection, another one that a careless reader takes for a request of its own. */
const send = async (headers: string, body: string): Promise<string> => {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  const head = `POST /v1/documents HTTP/1.1\r\nhost: x\r\nx-api-key: ${gateway.apiKey}\r\nconnection: close\r\n`;
  socket.write(`${head}${headers}\r\n\r\n${body}`);
  return text(socket);
};

it.each([
  ["both a length and chunks", "content-length: 6\r\ntransfer-encoding: chunked", `0\r\n\r\n${SMUGGLED}`],
  ["chunks, and a length after them", "transfer-encoding: chunked\r\ncontent-length: 6", `0\r\n\r\n${SMUGGLED}`],
  ["two lengths", "content-length: 0\r\ncontent-length: 60", SMUGGLED],
  ["chunks in a coding that is none", "transfer-encoding: xchunked", `0\r\n\r\n${SMUGGLED}`],
  ["chunks hidden by a vertical tab", "transfer-encoding: \u000bchunked", `0\r\n\r\n${SMUGGLED}`],
  ["chunks hidden by a folded line", "transfer-encoding:\r\n chunked", `0\r\n\r\n${SMUGGLED}`],
  ["chunks behind a bare line feed", "x-a: b\ntransfer-encoding: chunked", `0\r\n\r\n${SMUGGLED}`],
])("%s: refused, and nothing of it goes upstream as a call", async (_, headers, body) => {
  const answer = await send(headers, body);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
  expect(gateway.ocrApi.calls.filter(({ headers: seen }) => "x-smuggled" in seen)).toEqual([]);
});

it("a body that looks like a call is a body", async () => {
  const answer = await send(`content-length: ${SMUGGLED.length}`, SMUGGLED);
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(gateway.ocrApi.calls).toMatchObject([{ method: "POST", bytes: SMUGGLED.length }]);
});

it("what is announced as long as a body may be is cut where it is longer", async () => {
  const answer = await send("transfer-encoding: chunked", `7fffffff\r\n${"x".repeat(2_000_000)}`);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(gateway.ocrApi.calls[0]?.bytes ?? 0).toBeLessThanOrEqual(1_000_000);
});
