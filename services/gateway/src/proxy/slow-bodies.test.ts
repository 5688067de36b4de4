import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import Fastify from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { startGateway, type TestGateway } from "../fixtures/start-gateway.ts";
import { countBody } from "./body-limit.ts";

const PACE = { bytes: 100, withinMs: 20_000 };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ slowestBody: PACE });
});
afterAll(() => gateway.close());

// The windows pass when the test says so. No other timer is touched: what carries the bytes is real.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});
const passWindow = (): void => {
  vi.advanceTimersByTime(PACE.withinMs);
};

/** Reads so many bytes as they come. */
const take = async (stream: Readable, bytes: number): Promise<void> => {
  for (let left = bytes; left > 0;) {
    const chunk: Buffer | null = stream.read();
    if (chunk) left -= chunk.length;
    else await once(stream, "readable");
  }
};

/** An upload of which the first byte has come through to the service behind. */
const beginUpload = async () => {
  const { hostname, port } = new URL(gateway.url);
  const arrived = Promise.withResolvers<IncomingMessage>();
  gateway.ocrApi.answer = (request) => arrived.resolve(request);
  const socket = connect(Number(port), hostname);
  const answer = buffer(socket);
  const send = async (bytes: number): Promise<void> => {
    socket.write("P".repeat(bytes));
    await take(await arrived.promise, bytes);
  };
  socket.write(
    `POST /v1/documents HTTP/1.1\r\nhost: x\r\nx-api-key: ${gateway.apiKey}\r\ncontent-length: 100000\r\n\r\n`,
  );
  await send(1);
  return { send, answer };
};

it("an upload that drips is ended with 408, and gives its place upstream back", async () => {
  const { send, answer } = await beginUpload();
  // Just fast enough, for two windows; then one byte too few.
  await send(PACE.bytes - 1);
  passWindow();
  await send(PACE.bytes);
  passWindow();
  await send(PACE.bytes - 1);
  passWindow();
  const said = String(await answer);
  expect(said).toMatch(/^HTTP\/1\.1 408 /);
  expect(said).toContain('"code":"request-timeout"');
  expect(await gateway.ocrApi.calls.at(-1)?.ended).toBe("cut");
});

it("many that drip are each ended so", async () => {
  const uploads = [];
  for (let upload = 0; upload < 5; upload += 1) uploads.push(await beginUpload());
  passWindow();
  const answers = await Promise.all(uploads.map(async ({ answer }) => String(await answer)));
  expect(answers.map((said) => said.slice(0, 12))).toEqual(Array(5).fill("HTTP/1.1 408"));
});

it("an upload that waits for a slow service is not its sender's fault", async () => {
  const reached = Promise.withResolvers<Readable>();
  const go = Promise.withResolvers<void>();
  const app = Fastify();
  app.addContentTypeParser("*", (request, payload, done) => done(null, countBody(request, payload, PACE)));
  app.post<{ Body: Readable }>("/", { config: { maxBytes: 1_000_000 } }, async ({ body }) => {
    reached.resolve(body);
    await go.promise;
    return { bytes: (await buffer(body)).length };
  });
  const payload = Readable.from([Buffer.alloc(400_000), Buffer.alloc(500_000)]);
  const headers = { "content-type": "application/octet-stream" };
  const upload = app.inject({ method: "POST", url: "/", headers, payload });
  // The first bytes are there; from here on nobody takes any.
  await once(await reached.promise, "readable");
  for (let window = 0; window < 5; window += 1) passWindow();
  go.resolve();
  expect((await upload).json()).toEqual({ bytes: 900_000 });
  await app.close();
});
