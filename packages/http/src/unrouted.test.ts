import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { Problem } from "@lectura/contracts";
import { createLogger } from "@lectura/runtime";
import { createMetrics } from "@lectura/telemetry";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createApp } from "./app.ts";
import { answerClientError } from "./unrouted.ts";

let app: FastifyInstance;

beforeEach(async () => {
  const log = createLogger({ service: "tiny", level: "fatal" });
  app = createApp({ service: "tiny", log, metrics: createMetrics("tiny"), dependencies: [] });
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.post("/upload", (request, reply) => {
    text(request.raw).then(
      (body) => reply.send({ bytes: body.length }),
      (error: unknown) => reply.send(error),
    );
  });
  app.post("/talk", (request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200).write("begun ");
    request.raw.on("error", () => {}).resume();
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(() => app.close());

const connectTo = async (server: Server): Promise<Socket> => {
  const address = server.address();
  const socket = connect(typeof address === "object" && address ? address.port : 0, "127.0.0.1");
  await once(socket, "connect");
  return socket;
};

/** The one answer to raw bytes, until the server closes the connection. */
const answerTo = async (bytes: string, server: Server = app.server) => {
  const socket = await connectTo(server);
  socket.write(bytes);
  const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
  const [status, ...lines] = head.split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => line.split(": ")));
  return { status, headers, body };
};

const problemIn = ({ headers, body }: Awaited<ReturnType<typeof answerTo>>) => {
  const problem = Problem.parse(JSON.parse(body));
  expect(headers).toMatchObject({
    "content-type": "application/problem+json",
    "content-length": String(Buffer.byteLength(body)),
    "x-trace-id": problem.trace_id,
    connection: "close",
  });
  expect(problem.trace_id).toMatch(/^[0-9a-f]{32}$/);
  return problem;
};

describe("what Node refuses by itself is a problem document too:", () => {
  test("headers that are too large", async () => {
    const answer = await answerTo(`GET /livez HTTP/1.1\r\nhost: x\r\nx-long: ${"x".repeat(20_000)}\r\n\r\n`);
    expect(answer.status).toBe("HTTP/1.1 431 Request Header Fields Too Large");
    expect(problemIn(answer)).toMatchObject({ status: 431, code: "headers-too-large" });
  });

  test("a path that is too long", async () => {
    const answer = await answerTo(`GET /${"x".repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`);
    expect(problemIn(answer)).toMatchObject({ status: 431, code: "headers-too-large" });
  });

  test.each([
    ["something that is not HTTP", "hello\r\n\r\n"],
    ["a method that does not exist", "FETCH / HTTP/1.1\r\nhost: x\r\n\r\n"],
    ["a length that is no number", "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: many\r\n\r\n"],
    ["two lengths", "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"],
    [
      "length and chunks",
      "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
    ],
    [
      "chunks and length",
      "POST /upload HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
    ],
    ["one length said as two", "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 1, 1\r\n\r\na"],
    ["a length with a sign", "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: +1\r\n\r\na"],
    ["a length beyond all numbers", `POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: ${"9".repeat(40)}\r\n\r\n`],
    [
      "chunks that are not the last coding",
      "POST /upload HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    ],
    [
      "chunks under a name with a blank",
      "POST /upload HTTP/1.1\r\nhost: x\r\ntransfer-encoding : chunked\r\n\r\n0\r\n\r\n",
    ],
    ["a header that goes on in the next line", "GET / HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c: d\r\n\r\n"],
    ["a header that ends in a line feed alone", "GET / HTTP/1.1\r\nhost: x\nx-a: b\r\n\r\n"],
    ["a header that ends in a carriage return alone", "GET / HTTP/1.1\r\nhost: x\rx-a: b\r\n\r\n"],
    [
      "a chunk that is longer than it says",
      "POST /upload HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n",
    ],
    ["a header with a null byte", "GET / HTTP/1.1\r\nhost: x\r\nx-a: \0\r\n\r\n"],
    ["a broken chunk", "POST /upload HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
  ])("%s", async (_, bytes) => {
    const answer = await answerTo(bytes);
    expect(answer.status).toBe("HTTP/1.1 400 Bad Request");
    expect(problemIn(answer)).toMatchObject({ status: 400, code: "malformed-request" });
  });

  test("headers that do not arrive in time", async () => {
    const server = createServer({ headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 10 });
    server.on("clientError", answerClientError).listen(0, "127.0.0.1");
    await once(server, "listening");
    const answer = await answerTo("GET / HTTP/1.1\r\nhost: x\r\nx-slow: ", server);
    await once(server.close(), "close");
    expect(answer.status).toBe("HTTP/1.1 408 Request Timeout");
    expect(problemIn(answer)).toMatchObject({ status: 408, code: "request-timeout", retryable: true });
  });
});

test("an answer that has begun is cut off, never followed by a second one", async () => {
  const socket = await connectTo(app.server);
  socket.write("POST /talk HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  const chunks: string[] = [];
  socket.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  while (!chunks.join("").includes("begun")) await once(socket, "data");
  socket.write("zz\r\n");
  await once(socket, "close");
  expect(chunks.join("").match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test("a client that hangs up in the middle harms nobody", async () => {
  const socket = await connectTo(app.server);
  socket.write("POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf");
  const connections = async (): Promise<number> =>
    new Promise((resolve, reject) =>
      app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  await expect.poll(connections).toBe(1);
  socket.resetAndDestroy();
  await expect.poll(connections).toBe(0);
  expect((await app.inject("/livez")).statusCode).toBe(200);
});
