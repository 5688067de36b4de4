import { afterEach, describe, expect, it } from "vitest";
import { startGateway, type TestGateway } from "../fixtures/start-gateway.ts";

const BURST = 5;
/** It fills so slowly that a test sees nothing of it. */
const share = { perSecond: 0.001, burst: BURST };

let gateway: TestGateway;
afterEach(() => gateway.close());

const start = async (options: Parameters<typeof startGateway>[0] = {}) => {
  gateway = await startGateway({ share, ...options });
};
const ask = async (headers: Record<string, string>, url = "/v1/limits") => gateway.app.inject({ url, headers });
const asTenant = async (tenant: string, url?: string) =>
  ask({ authorization: `Bearer ${await gateway.authority.token([], { tenant })}` }, url);
const statuses = async (calls: (() => Promise<{ statusCode: number }>)[]) => {
  const found: number[] = [];
  for (const call of calls) found.push((await call()).statusCode);
  return found;
};
const times = <T>(count: number, call: () => T): (() => T)[] => Array.from({ length: count }, () => call);

const from = (address: string) => () => ask({ "x-forwarded-for": `203.0.113.9, ${address}` });

describe("a tenant", () => {
  it("makes as many calls as its share, is told how many are left, and then when to come back", async () => {
    await start();
    const first = await asTenant("ten_a");
    expect(first.headers).toMatchObject({
      ratelimit: '"requests";r=4;t=1000',
      "ratelimit-policy": '"requests";q=5;w=5000',
    });
    expect(await statuses(times(4, () => asTenant("ten_a")))).toEqual([200, 200, 200, 200]);
    const over = await asTenant("ten_a");
    expect(over.json()).toMatchObject({ status: 429, code: "rate-limited", retryable: true });
    expect(Number(over.headers["retry-after"])).toBeGreaterThan(900);
    expect(over.headers).toMatchObject({ ratelimit: '"requests";r=0;t=5000' });
    expect((await asTenant("ten_b")).statusCode).toBe(200);
  });

  it("is over its share before its scope is looked at, and after its credentials are", async () => {
    await start();
    await statuses(times(BURST, () => asTenant("ten_a")));
    expect((await asTenant("ten_a", "/v1/users")).statusCode).toBe(429);
    expect((await ask({ authorization: "Bearer no" })).statusCode).toBe(401);
  });

  it("may have limits of its own, or none, which holds within a second", async () => {
    await start();
    await gateway.redis.hset(`${gateway.prefix}:limits:ten_free`, { requests_per_second: 0, request_burst: 1 });
    const answers = await Promise.all(times(30, () => asTenant("ten_free")).map((call) => call()));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(answers[0]?.headers).not.toHaveProperty("ratelimit");
  });

  it("gets its whole share, and no more, when all its calls come at once", async () => {
    await start({ share: { perSecond: 0.001, burst: 200 } });
    const answers = await Promise.all(times(230, () => asTenant("ten_a")).map((call) => call()));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(200);
  });
});

describe("an address", () => {
  it("is counted for calls without good credentials, and those with them go on", async () => {
    await start();
    expect(await statuses(times(BURST + 1, () => ask({})))).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await ask({}, "/.well-known/jwks.json")).statusCode).toBe(429);
    expect((await ask({ "x-api-key": "lk_wrong" })).statusCode).toBe(429);
    expect((await asTenant("ten_a")).statusCode).toBe(200);
    expect((await ask({ "x-api-key": gateway.apiKey })).statusCode).toBe(200);
  });

  it("is the connection's, whatever the client says", async () => {
    await start();
    const calls = times(BURST + 1, () => ask({ "x-forwarded-for": `198.51.100.${Math.random()}` }));
    expect((await statuses(calls)).at(-1)).toBe(429);
  });

  it("is the one that a trusted proxy tells of", async () => {
    await start({ trustedProxies: ["loopback"] });
    expect((await statuses(times(BURST + 1, from("198.51.100.1")))).at(-1)).toBe(429);
    expect((await from("198.51.100.2")()).statusCode).toBe(401);
  });

  it("is told to the services behind, and nothing else that the client says of it", async () => {
    await start();
    const token = await gateway.authority.token([]);
    const headers = {
      authorization: `Bearer ${token}`,
      "x-forwarded-for": "198.51.100.1",
      forwarded: "for=198.51.100.1",
    };
    await ask(headers);
    expect(gateway.ocrApi.calls[0]?.headers).toMatchObject({ "x-forwarded-for": "127.0.0.1" });
    expect(gateway.ocrApi.calls[0]?.headers).not.toHaveProperty("forwarded");
  });
});

describe("while Redis is away", () => {
  it("calls pass uncounted", async () => {
    await start();
    gateway.redis.disconnect();
    expect(new Set(await statuses(times(BURST + 3, () => asTenant("ten_a"))))).toEqual(new Set([200]));
  });
});
