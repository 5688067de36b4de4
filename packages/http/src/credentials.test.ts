import { createHmac } from "node:crypto";
import { Problem, type Route } from "@lectura/contracts";
import { createLogger } from "@lectura/runtime";
import { createMetrics } from "@lectura/telemetry";
import type { FastifyInstance } from "fastify";
import { exportSPKI } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "./app.ts";
import { verifyTokens } from "./credentials.ts";
import { claimsOf, createKey, ISSUER, serveKeys, sign } from "./fixtures/issuer.ts";
import { createKeySource } from "./jwks.ts";
import { serve } from "./serve.ts";
import { ownIssuer } from "./trusted-issuer.ts";

const log = createLogger({ service: "tiny", level: "fatal" });
const base = { method: "GET", owner: "ocr-api", summary: "", answers: { 200: { description: "" } } } as const;
const routes = {
  public: { ...base, path: "/public", access: "public" },
  any: { ...base, path: "/any", access: "any" },
  read: { ...base, path: "/read", access: "documents:read" },
  admin: { ...base, path: "/admin", access: "admin" },
} satisfies Record<string, Route>;

const [known, unknown] = [await createKey(), await createKey()];
let keys: Awaited<ReturnType<typeof serveKeys>>;
let app: FastifyInstance;

beforeAll(async () => {
  keys = await serveKeys(known);
  app = createApp({ service: "tiny", log, metrics: createMetrics("tiny"), dependencies: [] });
  verifyTokens(app, { issuers: [ownIssuer({ issuer: ISSUER, keys: createKeySource({ url: keys.url, log }) })] });
  for (const route of [routes.any, routes.read, routes.admin]) serve(app, route, ({ caller }) => caller());
  serve(app, routes.public, () => ({ open: true }));
});
afterAll(async () => {
  await app.close();
  await keys.close();
});

const call = async (url: string, authorization?: string) => {
  const { statusCode, headers, body } = await app.inject({ url, headers: authorization ? { authorization } : {} });
  const json: unknown = JSON.parse(body);
  return { status: statusCode, challenge: headers["www-authenticate"], json };
};

/** The problem that a call with this token meets. */
const refusal = async (authorization?: string, url = "/any") => {
  const { status, challenge, json } = await call(url, authorization);
  const { code, detail } = Problem.parse(json);
  return { status, challenge, code, detail };
};

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString("base64url");

describe("the right token", () => {
  test("tells who is calling, for whom, and with which scopes", async () => {
    expect(await call("/any", `Bearer ${await sign(known)}`)).toMatchObject({
      status: 200,
      json: { subject: "key_1", tenant: "ten_a", scopes: ["documents:read", "documents:write"] },
    });
  });

  test.each([
    ["meant for others too", { aud: ["elsewhere", "lectura"] }],
    ["that has expired within the allowed difference of clocks", { exp: inSeconds(-20) }],
    ["that begins within the allowed difference of clocks", { nbf: inSeconds(20) }],
    ["with scopes this version does not know", { scope: "documents:read cosmos:rule" }],
    ["with claims nobody asked for", { admin: true }],
  ])("may be one %s", async (_, claims) => {
    expect((await call("/read", `Bearer ${await sign(known, claims)}`)).status).toBe(200);
  });

  test("may be announced in any letters", async () => {
    expect((await call("/any", `bearer ${await sign(known)}`)).status).toBe(200);
  });
});

describe("without credentials", () => {
  test("a public route answers, also when they are wrong", async () => {
    expect((await call("/public")).status).toBe(200);
    expect((await call("/public", "Bearer nonsense")).status).toBe(200);
  });

  test("any other route is 401 and says how to come in", async () => {
    expect(await refusal()).toEqual({
      status: 401,
      code: "missing-credentials",
      challenge: 'Bearer realm="lectura"',
      detail: "Send an API key in X-API-Key or a token in Authorization: Bearer.",
    });
  });
});

const hs256 = async (): Promise<string> => {
  const text = `${encode({ alg: "HS256", kid: known.kid })}.${encode(claimsOf())}`;
  const signature = createHmac("sha256", await exportSPKI(known.publicKey))
    .update(text)
    .digest("base64url");
  return `${text}.${signature}`;
};

const tampered = async (): Promise<string> => {
  const [header, , signature] = (await sign(known)).split(".");
  return `${header}.${encode(claimsOf({ tenant: "ten_b" }))}.${signature}`;
};

describe("a token is 401", () => {
  test.each<[string, () => Promise<string> | string]>([
    ["that is none", () => "nonsense"],
    ["of three parts of nonsense", () => "a.b.c"],
    ["with an empty signature", async () => (await sign(known)).replace(/\.[^.]*$/, ".")],
    ["with its signature cut off", async () => (await sign(known)).replace(/\.[^.]*$/, "")],
    ["that says it needs no signature", () => `${encode({ alg: "none" })}.${encode(claimsOf())}.`],
    ["that says so in other letters", () => `${encode({ alg: "nOnE", kid: known.kid })}.${encode(claimsOf())}.`],
    ["signed by HMAC with the public key", hs256],
    ["whose claims were changed after signing", tampered],
    ["signed by an unknown key", () => sign(unknown)],
    ["signed by an unknown key under a known name", () => sign(unknown, {}, { kid: known.kid })],
    ["of another issuer", () => sign(known, { iss: "http://elsewhere.test" })],
    ["without an issuer", () => sign(known, { iss: undefined })],
    ["for another audience", () => sign(known, { aud: "elsewhere" })],
    ["without an audience", () => sign(known, { aud: undefined })],
    ["without a tenant", () => sign(known, { tenant: undefined })],
    ["for a tenant that cannot be", () => sign(known, { tenant: "ten_a/../ten_b" })],
    ["without a subject", () => sign(known, { sub: undefined })],
    ["without scopes", () => sign(known, { scope: undefined })],
    ["with scopes that are no text", () => sign(known, { scope: ["admin"] })],
    ["without an id", () => sign(known, { jti: undefined })],
    ["that never expires", () => sign(known, { exp: undefined })],
    ["that does not say when it was made", () => sign(known, { iat: undefined })],
    ["that is not valid yet", () => sign(known, { nbf: inSeconds(40) })],
  ])("%s", async (_, make) => {
    expect(await refusal(`Bearer ${await make()}`)).toEqual({
      status: 401,
      code: "invalid-credentials",
      challenge: 'Bearer realm="lectura", error="invalid_token"',
      detail: "The token is not valid here.",
    });
  });

  test("that has expired, and it says so", async () => {
    expect(await refusal(`Bearer ${await sign(known, { exp: inSeconds(-40) })}`)).toMatchObject({
      status: 401,
      code: "token-expired",
      challenge: 'Bearer realm="lectura", error="invalid_token"',
    });
  });

  test.each(["Basic bGVjdHVyYQ==", "Bearer", "Bearer ", "Token abc", "Bearer a b"])(
    "in a header of another form: %s",
    async (authorization) => {
      expect(await refusal(authorization)).toMatchObject({
        status: 401,
        challenge: expect.stringContaining("Bearer realm"),
      });
    },
  );
});

describe("a scope", () => {
  test("that a route asks for and a token has not is 403 and named", async () => {
    const token = await sign(known, { scope: "documents:write" });
    expect(await refusal(`Bearer ${token}`, "/read")).toEqual({
      status: 403,
      code: "insufficient-scope",
      challenge: 'Bearer realm="lectura", error="insufficient_scope", scope="documents:read"',
      detail: "This call needs the scope documents:read.",
    });
  });

  test("is not implied by admin, nor admin by all others", async () => {
    const admin = `Bearer ${await sign(known, { scope: "admin" })}`;
    expect((await call("/admin", admin)).status).toBe(200);
    expect((await call("/read", admin)).status).toBe(403);
    expect((await call("/admin", `Bearer ${await sign(known)}`)).status).toBe(403);
  });

  test("is no matter where any credentials will do", async () => {
    expect((await call("/any", `Bearer ${await sign(known, { scope: "" })}`)).status).toBe(200);
  });
});

test("HEAD needs the same credentials as GET", async () => {
  expect((await app.inject({ method: "HEAD", url: "/read" })).statusCode).toBe(401);
});
