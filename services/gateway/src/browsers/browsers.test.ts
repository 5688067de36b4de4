import { afterEach, describe, expect, it } from "vitest";
import { startGateway, type TestGateway } from "../fixtures/start-gateway.ts";

const ORIGIN = "https://console.example.org";
let gateway: TestGateway;
afterEach(() => gateway.close());

const ask = async (origin: string, method: "GET" | "OPTIONS" = "GET") =>
  gateway.app.inject({
    method,
    url: "/v1/limits",
    headers: {
      origin,
      ...(method === "OPTIONS" && {
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-api-key",
      }),
    },
  });

describe("security headers", () => {
  it("are in every answer, also of a service behind and where a call is refused", async () => {
    gateway = await startGateway();
    const headers = { "x-api-key": gateway.apiKey };
    for (const url of ["/v1/limits", "/v1/auth/me", "/v1/nothing", "/livez", "/openapi.json"]) {
      const answer = await gateway.app.inject({ url, headers });
      expect(answer.headers, url).toMatchObject({
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
      });
    }
  });

  it("let the pages for people load their own parts only", async () => {
    gateway = await startGateway();
    const docs = await gateway.app.inject("/docs");
    expect(docs.headers["content-security-policy"]).toMatch(/default-src 'self';/);
    expect(docs.headers["content-security-policy"]).not.toMatch(/script-src[^;]*unsafe/);
    const page = await gateway.app.inject("/problems/not-found");
    expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; style-src 'sha256-/);
  });
});

describe("pages of another origin", () => {
  it("may not call the API", async () => {
    gateway = await startGateway();
    expect((await ask(ORIGIN)).headers).not.toHaveProperty("access-control-allow-origin");
    expect((await ask(ORIGIN, "OPTIONS")).statusCode).toBe(405);
  });

  it("may where the operator names their origin, and no other", async () => {
    gateway = await startGateway({ corsOrigins: [ORIGIN] });
    const preflight = await ask(ORIGIN, "OPTIONS");
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers).toMatchObject({
      "access-control-allow-origin": ORIGIN,
      "access-control-allow-headers": "x-api-key",
    });
    const answer = await ask(ORIGIN);
    expect(answer.headers).toMatchObject({ "access-control-allow-origin": ORIGIN });
    expect(answer.headers["access-control-expose-headers"]).toMatch(/Location, Retry-After.*RateLimit-Policy/);
    expect(answer.headers).not.toHaveProperty("access-control-allow-credentials");
    for (const other of ["https://evil.example.org", `${ORIGIN}.evil.org`, "null"])
      expect((await ask(other)).headers["access-control-allow-origin"]).not.toBe(other);
  });
});
