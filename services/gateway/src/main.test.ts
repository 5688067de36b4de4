import { randomBytes } from "node:crypto";
import { CreatedApiKey, formatApiKey } from "@lectura/contracts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startService } from "./fixtures/start-service.ts";
import { ISSUER, startTokenAuthority } from "./fixtures/token-authority.ts";
import { startUpstream, type Upstream } from "./fixtures/upstream.ts";

// The services name their keys themselves: a database of its own keeps this platform apart from others in this Redis.
const DATABASE = 14;
// The same in every run, since the platform of an earlier one may still be there.
const KEY_SECRET = "wKh6Pp2rT0y9uQv4xZ1aBc3dEf5gHi7jKl8mNo0pQrs";
const FIRST_KEY = formatApiKey({ id: "00000000000000aa", secret: "s".repeat(43) });

type Service = Awaited<ReturnType<typeof startService>>;

/** The gateway and auth as they run for real, with a small ocr-api of the test's behind them. */
describe("the gateway and auth, each a process", () => {
  let auth: Service;
  let ocrApi: Upstream;
  let gateway: Service;

  beforeAll(async () => {
    const redisUrl = process.env["REDIS_URL"];
    if (!redisUrl)
      throw new Error("REDIS_URL is not set. Run the tests by `npx pnpm@12 test`, which brings Redis along.");
    ocrApi = await startUpstream();
    auth = await startService("auth", {
      REDIS_URL: new URL(`/${DATABASE}`, redisUrl).href,
      LECTURA_KEY_SECRET: KEY_SECRET,
      LECTURA_FIRST_API_KEY: FIRST_KEY,
    });
    gateway = await startService("gateway", {
      REDIS_URL: new URL(`/${DATABASE}`, redisUrl).href,
      LECTURA_AUTH_URL: auth.url,
      LECTURA_OCR_API_URL: ocrApi.url,
    });
  });
  afterAll(async () => {
    expect(await gateway.end("SIGTERM")).toBe(0);
    expect(await auth.end("SIGKILL")).toBe(null);
    await ocrApi.close();
  });

  const call = async (
    path: string,
    key: string,
    init: { method?: string; body?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> => fetch(`${gateway.url}${path}`, { ...init, headers: { "x-api-key": key, ...init.headers } });

  const newKey = async () => {
    const body = JSON.stringify({ name: "test", scopes: ["documents:read"] });
    const headers = { "content-type": "application/json" };
    return CreatedApiKey.parse(await (await call("/v1/api-keys", FIRST_KEY, { method: "POST", body, headers })).json());
  };

  it("lets a key pass that auth has made, and refuses it soon after its deletion", async () => {
    const { id, key } = await newKey();
    expect((await call("/v1/languages", key)).status).toBe(200);
    expect((await call(`/v1/api-keys/${id}`, FIRST_KEY, { method: "DELETE" })).status).toBe(204);
    await vi.waitFor(async () => expect((await call("/v1/languages", key)).status).toBe(401), { timeout: 20_000 });
  });

  it("sends one trace upstream, which is the client's own, in both dialects", async () => {
    const traceId = randomBytes(16).toString("hex");
    const spanId = randomBytes(8).toString("hex");
    ocrApi.calls.length = 0;
    const answer = await call("/v1/languages", FIRST_KEY, { headers: { traceparent: `00-${traceId}-${spanId}-01` } });
    expect(answer.headers.get("x-trace-id")).toBe(traceId);
    const headers = ocrApi.calls[0]?.headers;
    // Two of them would be joined by a comma.
    expect(headers?.["traceparent"]).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(headers?.["traceparent"]).not.toContain(spanId);
    expect(headers?.["x-b3-traceid"]).toBe(traceId);
  });

  it("follows B3 where a client sends both dialects and they disagree", async () => {
    const [w3c, b3] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")];
    ocrApi.calls.length = 0;
    const answer = await call("/v1/languages", FIRST_KEY, {
      headers: {
        traceparent: `00-${w3c}-${"1".repeat(16)}-01`,
        "x-b3-traceid": b3,
        "x-b3-spanid": "2".repeat(16),
        "x-b3-sampled": "1",
      },
    });
    expect(answer.headers.get("x-trace-id")).toBe(b3);
    expect(ocrApi.calls[0]?.headers["traceparent"]).toContain(b3);
  });

  it("shows its metrics on the port of their own only", async () => {
    await call("/v1/languages", FIRST_KEY);
    const metrics = await (await fetch(gateway.metricsUrl)).text();
    expect(metrics).toMatch(/http_server_request_duration_seconds_count\{service="gateway".*route="\/v1\/languages"/);
    expect((await call("/metrics", FIRST_KEY)).status).toBe(404);
  });
});

describe("the gateway, a process, before an auth that fails once", () => {
  it("repeats a read in the same trace, as a span of its own", async () => {
    const authority = await startTokenAuthority();
    const { url } = authority.upstream;
    const gateway = await startService("gateway", {
      REDIS_URL: process.env["REDIS_URL"] ?? "",
      LECTURA_AUTH_URL: url,
      LECTURA_OCR_API_URL: url,
      LECTURA_PUBLIC_URL: ISSUER,
    });
    const { answer } = authority.upstream;
    authority.upstream.answer = (incoming, response, seen) => {
      if (incoming.url !== "/v1/auth/me") return answer(incoming, response, seen);
      authority.upstream.answer = answer;
      return response.writeHead(500).end();
    };
    const traceId = randomBytes(16).toString("hex");
    const answered = await fetch(`${gateway.url}/v1/auth/me`, {
      headers: { "x-api-key": authority.addKey(), traceparent: `00-${traceId}-${"1".repeat(16)}-01` },
    });
    expect([answered.status, answered.headers.get("x-trace-id")]).toEqual([200, traceId]);
    const [first, second, ...others] = authority.upstream.calls.filter((seen) => seen.url === "/v1/auth/me");
    expect(others).toEqual([]);
    expect([first, second].map((seen) => seen?.headers["x-b3-traceid"])).toEqual([traceId, traceId]);
    expect(first?.headers["x-b3-spanid"]).not.toBe(second?.headers["x-b3-spanid"]);
    expect(await (await fetch(gateway.metricsUrl)).text()).toContain(
      'gateway_auth_repeats_total{call="proxied",service="gateway"} 1',
    );
    expect(await gateway.end("SIGTERM")).toBe(0);
    await authority.close();
  });
});
