import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startGateway, type TestGateway } from "../fixtures/start-gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ slowestBody: { bytes: 100, withinMs: 200 } });
});
afterAll(() => gateway.close());

/** An upload of which one byte comes now and then; what is answered. */
const drip = async (): Promise<string> => {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /v1/documents HTTP/1.1\r\nhost: x\r\nx-api-key: ${gateway.apiKey}\r\ncontent-length: 100000\r\n\r\n%`,
  );
  const timer = setInterval(() => socket.write("P"), 50);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
  await once(socket, "close");
  clearInterval(timer);
  return answer;
};

it("an upload that drips is ended with 408, and gives its place upstream back", async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, drip));
  for (const answer of answers) {
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request-timeout"');
  }
  expect(await Promise.all(gateway.ocrApi.calls.map(({ ended }) => ended))).toEqual(Array(5).fill("cut"));
});

it("an upload that waits for a slow service is not its sender's fault", async () => {
  const go = Promise.withResolvers<void>();
  const { answer } = gateway.ocrApi;
  gateway.ocrApi.answer = async (request, response, seen) => {
    await go.promise;
    gateway.ocrApi.answer = answer;
    answer(request, response, seen);
  };
  const body = Buffer.alloc(900_000, "%PDF");
  const upload = fetch(`${gateway.url}/v1/documents`, {
    method: "POST",
    headers: { "x-api-key": gateway.apiKey },
    body,
  });
  // Several windows in which no byte moves, because nobody takes it.
  setTimeout(go.resolve, 1000);
  expect((await upload).status).toBe(200);
});
