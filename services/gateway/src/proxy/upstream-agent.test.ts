import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startUpstream, type Upstream } from "../fixtures/upstream.ts";
import { createUpstreamAgent, onTerms } from "./upstream-agent.ts";

let upstream: Upstream;
let agent: ReturnType<typeof createUpstreamAgent>;
const onRepeat = vi.fn<() => void>();

beforeEach(async () => {
  onRepeat.mockClear();
  upstream = await startUpstream();
  agent = createUpstreamAgent({ answerMs: 100, onRepeat });
});
afterEach(async () => {
  await agent.destroy();
  await upstream.close();
});

/** The status of the answer to a call as @fastify/reply-from makes it. */
const ask = async (repeatable: boolean): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<{
    statusCode: number;
    body: { dump: () => Promise<void> };
  }>();
  onTerms({ signal: new AbortController().signal, repeatable }, () =>
    agent.request({ origin: upstream.url, path: "/", method: "GET" }, (error, data) => {
      if (error) reject(error);
      else resolve(data);
    }),
  );
  const { statusCode, body } = await promise;
  await body.dump();
  return statusCode;
};

describe("a service that does not begin its answer in time", () => {
  it("is asked once more where that does no harm", async () => {
    const { answer } = upstream;
    upstream.answer = () => {
      upstream.answer = answer;
    };
    expect(await ask(true)).toBe(200);
    expect(upstream.calls).toHaveLength(2);
    expect(onRepeat).toHaveBeenCalledOnce();
  });

  it("is not asked again otherwise", async () => {
    upstream.answer = () => {};
    await expect(ask(false)).rejects.toMatchObject({ code: "UND_ERR_HEADERS_TIMEOUT" });
    expect(upstream.calls).toHaveLength(1);
  });
});

it("the connection of an answer that is not passed on can be used again", async () => {
  const ports = new Set<number | undefined>();
  upstream.answer = ({ socket }, response) => {
    ports.add(socket.remotePort);
    response.writeHead(upstream.calls.length % 2 === 1 ? 500 : 200).end("x".repeat(100_000));
  };
  for (let call = 0; call < 5; call += 1) expect(await ask(true)).toBe(200);
  expect(upstream.calls).toHaveLength(10);
  // A connection rests for a moment after its answer: the repetition takes another one.
  expect(ports.size).toBeLessThanOrEqual(2);
});
