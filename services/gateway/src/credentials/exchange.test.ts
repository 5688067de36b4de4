import { parseApiKey } from "@lectura/contracts";
import { createLogger } from "@lectura/runtime";
import { createMetrics, type Registry } from "@lectura/telemetry";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createAuthMetrics } from "../auth-metrics.ts";
import { startTokenAuthority, type TokenAuthority } from "../fixtures/token-authority.ts";
import { createKeyExchange, type KeyExchange } from "./exchange.ts";

let authority: TokenAuthority;
let exchange: (key: string) => ReturnType<KeyExchange>;
let registry: Registry;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  authority = await startTokenAuthority();
  const log = createLogger({ service: "gateway", level: "silent" });
  registry = createMetrics("gateway");
  const ask = createKeyExchange({ authUrl: authority.upstream.url, log, metrics: createAuthMetrics(registry) });
  exchange = (key) => ask(key, "192.0.2.1");
});
afterEach(async () => {
  vi.useRealTimers();
  await authority.close();
});

const pass = (seconds: number): void => {
  vi.setSystemTime(Date.now() + seconds * 1000);
};

/** A counter's value by its one label. */
const counted = async (name: string): Promise<Record<string, number>> => {
  const { values = [] } = (await registry.getSingleMetric(name)?.get()) ?? {};
  return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels)[0], value]));
};

describe("the exchange of API keys for tokens", () => {
  it("asks auth once for many calls, also when they come at the same moment", async () => {
    const key = authority.addKey();
    const tokens = await Promise.all(Array.from({ length: 20 }, async () => exchange(key)));
    pass(1);
    tokens.push(await exchange(key));
    expect(new Set(tokens).size).toBe(1);
    expect(authority.exchanges()).toBe(1);
  });

  it("gives each key its own token", async () => {
    const [reader, writer] = [authority.addKey(["documents:read"]), authority.addKey(["documents:write"])];
    const scopes = (await Promise.all([reader, writer].map(exchange))).map((token) => decodeJwt(token)["scope"]);
    expect(scopes).toEqual(["documents:read", "documents:write"]);
  });

  it("refuses a key two seconds after it was deleted", async () => {
    const key = authority.addKey();
    await exchange(key);
    authority.forgetKeys();
    pass(2);
    await expect(exchange(key)).rejects.toMatchObject({
      code: "invalid-credentials",
      headers: { "www-authenticate": expect.stringMatching(/^Bearer/) },
    });
  });

  it("forgets a refused key's token: auth going away does not bring it back", async () => {
    const key = authority.addKey();
    await exchange(key);
    authority.forgetKeys();
    pass(2);
    await expect(exchange(key)).rejects.toMatchObject({ code: "invalid-credentials" });
    await authority.close();
    await expect(exchange(key)).rejects.toMatchObject({ code: "dependency-unavailable" });
  });

  it("lets a known key go on while auth is away, until its token expires", async () => {
    const key = authority.addKey(undefined, 60);
    const token = await exchange(key);
    await authority.close();
    pass(59);
    expect(await exchange(key)).toBe(token);
    pass(2);
    await expect(exchange(key)).rejects.toMatchObject({ code: "dependency-unavailable" });
  });

  it("lets a known key go on while auth answers with faults of its own", async () => {
    const key = authority.addKey();
    const token = await exchange(key);
    authority.upstream.answer = (_request, response) => response.writeHead(500).end("{}");
    pass(10);
    expect(await exchange(key)).toBe(token);
  });

  it("asks once more, and not the canary, when auth does not answer or with a fault of its own", async () => {
    const { answer } = authority.upstream;
    authority.upstream.answer = (_request, response) => {
      authority.upstream.answer = answer;
      response.writeHead(500).end();
    };
    const key = authority.addKey();
    expect(decodeJwt(await exchange(key))["sub"]).toBe(`key_${parseApiKey(key)?.id}`);
    const { calls } = authority.upstream;
    expect(calls.map(({ headers }) => headers["x-canary"])).toEqual([undefined, "never"]);
    expect(new Set(calls.map(({ headers }) => headers.authorization)).size).toBe(1);
    expect(await counted("gateway_auth_repeats_total")).toMatchObject({ exchange: 1 });
  });

  it("does not ask once more about a key that auth has refused", async () => {
    await expect(exchange(`lk_${"0".repeat(16)}_${"s".repeat(43)}`)).rejects.toMatchObject({
      code: "invalid-credentials",
    });
    expect(authority.exchanges()).toBe(1);
  });

  it("is counted by its outcome", async () => {
    const key = authority.addKey();
    await exchange(key);
    authority.forgetKeys();
    pass(2);
    await expect(exchange(key)).rejects.toThrow();
    await authority.close();
    await expect(exchange(key)).rejects.toThrow();
    expect(await counted("gateway_key_exchanges_total")).toEqual({ token: 1, refused: 1, unavailable: 1 });
  });

  it("cannot say anything about an unknown key while auth is away", async () => {
    const key = authority.addKey();
    await authority.close();
    await expect(exchange(key)).rejects.toMatchObject({ code: "dependency-unavailable" });
  });

  it.each(["", "lk_", "Bearer x", `lk_0123456789ABCDEF_${"s".repeat(43)}`, `lk_0123456789abcdef_${"s".repeat(42)}`])(
    "refuses %j without asking: it is no API key",
    async (text) => {
      await expect(exchange(text)).rejects.toMatchObject({ code: "invalid-credentials" });
      expect(authority.exchanges()).toBe(0);
    },
  );
});
