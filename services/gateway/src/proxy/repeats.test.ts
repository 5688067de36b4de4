import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startGateway, type TestGateway } from "../fixtures/start-gateway.ts";
import type { Upstream } from "../fixtures/upstream.ts";

type Answer = Upstream["answer"];
const say =
  (status: number): Answer =>
  (_request, response) =>
    response.writeHead(status, { "content-type": "text/plain" }).end(`answer ${status}`);
const hangUp: Answer = (incoming) => incoming.destroy();

let gateway: TestGateway;
let authorization: string;
beforeEach(async () => {
  gateway = await startGateway();
  authorization = `Bearer ${await gateway.authority.token(["admin", "documents:read"])}`;
  // The keys are fetched here, so that only the tests' own calls are seen.
  await call("/v1/limits");
  gateway.authority.upstream.calls.length = 0;
  gateway.ocrApi.calls.length = 0;
});
afterEach(() => gateway.close());

const open = (path: string, { method = "GET", headers = {} } = {}) =>
  request(`${gateway.url}${path}`, { method, headers: { authorization, ...headers } });

const call = async (path: string, options: Parameters<typeof open>[1] = {}) => {
  const outgoing = open(path, options);
  outgoing.end();
  const [answer]: IncomingMessage[] = await once(outgoing, "response");
  if (!answer) throw new Error("no answer");
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
};

/** auth gives these answers, one after the other. */
const authSays = (...answers: Answer[]): void => {
  gateway.authority.upstream.answer = (...arrived) => answers.shift()?.(...arrived);
};
/** The pins of the calls that auth has seen. */
const pins = () => gateway.authority.upstream.calls.map(({ headers }) => headers["x-canary"]);
const repeats = async (): Promise<number | undefined> => {
  const metric = await gateway.metrics.getSingleMetric("gateway_auth_repeats_total")?.get();
  return metric?.values.find(({ labels }) => labels["call"] === "proxied")?.value;
};

describe("a read at auth that fails", () => {
  it.each([
    ["500", say(500)],
    ["503", say(503)],
    ["a connection that breaks", hangUp],
  ])("by %s is repeated once, away from the canary, and nobody notices", async (_, failing) => {
    authSays(failing, say(200));
    expect(await call("/v1/auth/me", { headers: { prefer: "a" } })).toMatchObject({ status: 200, body: "answer 200" });
    const [first, second, ...others] = gateway.authority.upstream.calls;
    expect(others).toEqual([]);
    expect(second).toMatchObject({ method: "GET", url: "/v1/auth/me" });
    expect(second?.headers).toEqual({ ...first?.headers, "x-canary": "never" });
    expect(await repeats()).toBe(1);
  });

  it("twice is answered by the second failure", async () => {
    authSays(say(500), say(503), say(200));
    expect(await call("/v1/auth/me")).toMatchObject({ status: 503, body: "answer 503" });
    authSays(hangUp, hangUp, say(200));
    expect(await call("/v1/auth/me")).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    expect(pins()).toEqual([undefined, "never", undefined, "never"]);
  });

  it("is repeated as what it was, HEAD too", async () => {
    authSays(say(500), say(200));
    expect((await call("/v1/auth/me", { method: "HEAD" })).status).toBe(200);
    expect(gateway.authority.upstream.calls.map(({ method }) => method)).toEqual(["HEAD", "HEAD"]);
  });

  it("is repeated for a client that will not have the canary, not for one that wants it", async () => {
    authSays(say(500), say(200), say(500), say(200));
    expect((await call("/v1/auth/me", { headers: { "x-canary": "never" } })).status).toBe(200);
    expect((await call("/v1/auth/me", { headers: { "x-canary": "always" } })).status).toBe(500);
    expect(pins()).toEqual(["never", "never", "always"]);
  });

  it("is not repeated when the client has left", async () => {
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    authSays((_request, response) => {
      response.on("close", () => closed.resolve());
      arrived.resolve();
    }, say(200));
    const outgoing = open("/v1/auth/me");
    outgoing.on("error", () => {}).end();
    await arrived.promise;
    outgoing.destroy();
    await closed.promise;
    authSays(say(200));
    await call("/v1/api-keys");
    expect(gateway.authority.upstream.calls.map(({ url }) => url)).toEqual(["/v1/auth/me", "/v1/api-keys"]);
    expect(await repeats()).toBe(0);
  });

  it("ends when the client leaves during the repetition", async () => {
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    authSays(say(500), (_request, response) => {
      response.on("close", () => closed.resolve());
      arrived.resolve();
    });
    const outgoing = open("/v1/auth/me");
    outgoing.on("error", () => {}).end();
    await arrived.promise;
    outgoing.destroy();
    await closed.promise;
  });
});

it("the gateway is ready although a canary of auth is not well", async () => {
  authSays(say(500), say(200));
  expect((await gateway.app.inject("/readyz")).json()).toEqual({ status: "ok", unavailable: [] });
  expect(pins()).toEqual([undefined, "never"]);
});

describe("never repeated is", () => {
  it("what auth has answered", async () => {
    authSays(say(404), say(200));
    expect((await call("/v1/auth/me")).status).toBe(404);
    expect(pins()).toEqual([undefined]);
  });

  it.each([
    ["POST", "/v1/api-keys"],
    ["DELETE", "/v1/api-keys/0123456789abcdef"],
    ["POST", "/oauth/token"],
  ])("what changes something: %s %s", async (method, path) => {
    authSays(say(500), say(200), hangUp, say(200));
    expect((await call(path, { method })).status).toBe(500);
    authSays(hangUp, say(200));
    expect((await call(path, { method })).status).toBe(503);
    expect(pins()).toEqual([undefined, undefined]);
  });

  it("a read at ocr-api", async () => {
    gateway.ocrApi.answer = say(500);
    expect((await call("/v1/documents")).status).toBe(500);
    expect(gateway.ocrApi.calls).toHaveLength(1);
  });
});

describe("x-canary", () => {
  it.each(["always", "never"])("%s goes on to auth, with whatever the client does there", async (pin) => {
    authSays(say(200), say(200));
    await call("/v1/auth/me", { headers: { "x-canary": pin } });
    await call("/v1/api-keys", { method: "POST", headers: { "x-canary": pin } });
    expect(pins()).toEqual([pin, pin]);
  });

  it.each(["", "Always", "sometimes", "always, never"])("%j goes nowhere", async (pin) => {
    authSays(say(200));
    await call("/v1/auth/me", { headers: { "x-canary": pin } });
    expect(pins()).toEqual([undefined]);
  });

  it("goes to no other service", async () => {
    await call("/v1/documents", { headers: { "x-canary": "always" } });
    expect(gateway.ocrApi.calls.map(({ headers }) => headers["x-canary"])).toEqual([undefined]);
  });
});
