import { CreatedApiKey, parseApiKey, Scope, TokenAnswer } from "@lectura/contracts";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { everythingIn, ISSUER, startAuth, type TestAuth } from "../fixtures/start-auth.ts";

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});

let auth: TestAuth;
let id: string;
let secret: string;
beforeAll(async () => {
  auth = await startAuth(process.env["REDIS_URL"]);
  ({ id, secret } = parseApiKey(auth.apiKey) ?? { id: "", secret: "" });
});
afterAll(() => auth.close());

const verify = async (token: string) => {
  const jwks: JSONWebKeySet = (await auth.app.inject("/.well-known/jwks.json")).json();
  return jwtVerify(token, createLocalJWKSet(jwks), { issuer: ISSUER, audience: "lectura", algorithms: ["ES256"] });
};

describe("POST /oauth/token", () => {
  it.each([
    ["HTTP Basic", () => auth.askToken({ grant_type: "client_credentials" }, basic(id, secret))],
    [
      "Basic in another spelling of the scheme",
      () =>
        auth.askToken(
          { grant_type: "client_credentials" },
          { authorization: basic(id, secret).authorization.replace("Basic", "basic") },
        ),
    ],
    ["the body", () => auth.askToken({ grant_type: "client_credentials", client_id: id, client_secret: secret })],
  ])("gives a token to a client that names itself by %s", async (_, ask) => {
    const answer = await ask();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ "cache-control": "no-store", pragma: "no-cache" });
    const { access_token, ...rest } = TokenAnswer.strict().parse(answer.json());
    expect(rest).toEqual({ token_type: "Bearer", expires_in: 300, scope: Scope.options.join(" ") });
    await verify(access_token);
  });

  it("signs exactly the claims of the contract, for anybody who has the JWKS", async () => {
    const { access_token, expires_in } = TokenAnswer.parse((await auth.exchange(auth.apiKey, "documents:read")).json());
    const { payload, protectedHeader } = await verify(access_token);
    const { iat = 0, exp = 0, jti, ...claims } = payload;
    expect(claims).toEqual({
      iss: ISSUER,
      aud: "lectura",
      sub: `key_${id}`,
      tenant: auth.tenant,
      scope: "documents:read",
    });
    expect(protectedHeader).toEqual({ alg: "ES256", typ: "at+jwt", kid: expect.any(String) });
    expect(exp - iat).toBe(expires_in);
    expect(expires_in).toBeLessThanOrEqual(15 * 60);
    const other = await verify(TokenAnswer.parse((await auth.exchange(auth.apiKey)).json()).access_token);
    expect(jti).toMatch(/./);
    expect(other.payload.jti).not.toBe(jti);
  });

  it("narrows the token to the scopes that were asked for", async () => {
    const answer = await auth.exchange(auth.apiKey, "documents:read documents:write documents:read");
    expect(answer.json()).toMatchObject({ scope: "documents:read documents:write" });
  });

  it("ends a token with the key it was made from", async () => {
    const expires_at = new Date(Date.now() + 100_000).toISOString();
    const made = await auth.createKey(auth.apiKey, { name: "short", scopes: ["documents:read"], expires_at });
    const { access_token, expires_in } = TokenAnswer.parse(
      (await auth.exchange(CreatedApiKey.parse(made.json()).key)).json(),
    );
    const { payload } = await verify(access_token);
    expect(payload.exp).toBe(Math.floor(Date.parse(expires_at) / 1000));
    expect(expires_in).toBeLessThanOrEqual(100);
  });

  it("refuses a key from the moment it expires", async () => {
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    const made = await auth.createKey(auth.apiKey, { name: "ends", scopes: ["documents:read"], expires_at });
    const { key } = CreatedApiKey.parse(made.json());
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(expires_at) });
    try {
      expect((await auth.exchange(key)).json()).toMatchObject({ error: "invalid_client" });
      vi.setSystemTime(Date.parse(expires_at) - 1000);
      expect((await auth.exchange(key)).statusCode).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it("remembers when a key was last used, to the minute", async () => {
    const made = CreatedApiKey.parse(
      (await auth.createKey(auth.apiKey, { name: "used", scopes: ["documents:read"] })).json(),
    );
    const lastUsed = async () => (await auth.apiKeys.find(made.id))?.last_used_at;
    expect(await lastUsed()).toBeNull();
    await auth.exchange(made.key);
    const used = await lastUsed();
    expect(used).toBeGreaterThan(0);
    await auth.exchange(made.key);
    expect(await lastUsed()).toBe(used);
  });

  it("keeps the secret only as its hash", async () => {
    const kept = await everythingIn(auth.redis, auth.prefix);
    expect(kept).toContain(id);
    expect(kept).not.toContain(secret);
  });

  it.each<
    [refusal: string, because: string, form: () => Record<string, string>, headers?: () => Record<string, string>]
  >([
    ["invalid_request", "grant_type is missing", () => ({ client_id: id, client_secret: secret })],
    [
      "invalid_request",
      "the secret comes twice",
      () => ({ grant_type: "client_credentials", client_secret: secret }),
      () => basic(id, secret),
    ],
    [
      "invalid_request",
      "Basic is not percent-encoded",
      () => ({ grant_type: "client_credentials" }),
      () => basic("%zz", secret),
    ],
    ["unsupported_grant_type", "the grant is another one", () => ({ grant_type: "password" })],
    [
      "invalid_scope",
      "no such scope is known",
      () => ({ grant_type: "client_credentials", client_id: id, client_secret: secret, scope: "everything" }),
    ],
    ["invalid_client", "nobody is named", () => ({ grant_type: "client_credentials" })],
    [
      "invalid_client",
      "the secret is wrong",
      () => ({ grant_type: "client_credentials", client_id: id, client_secret: secret.toLowerCase() }),
    ],
    [
      "invalid_client",
      "the key is unknown",
      () => ({ grant_type: "client_credentials", client_id: "0123456789abcdef", client_secret: secret }),
    ],
    ["invalid_client", "Basic holds no colon", () => ({ grant_type: "client_credentials" }), () => basic("", "")],
  ])("answers %s when %s", async (error, _, form, headers = () => ({})) => {
    const answer = await auth.askToken(form(), headers());
    expect(answer.json()).toEqual({ error, error_description: expect.stringMatching(/^[A-Z].*\.$/) });
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const isClient = error === "invalid_client";
    expect(answer.statusCode).toBe(isClient ? 401 : 400);
    expect(answer.headers["www-authenticate"]).toBe(isClient ? 'Basic realm="lectura"' : undefined);
  });

  it("answers invalid_scope to a key that lacks the scope", async () => {
    const made = await auth.createKey(auth.apiKey, { name: "reader", scopes: ["documents:read"] });
    const answer = await auth.exchange(CreatedApiKey.parse(made.json()).key, "documents:read admin");
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      error: "invalid_scope",
      error_description: expect.stringContaining("admin"),
    });
  });

  it.each([
    ["JSON", "application/json", '{"grant_type":"client_credentials"}'],
    ["broken JSON", "application/json", "{"],
    ["text", "text/plain", "grant_type=client_credentials"],
    ["a parameter twice", "application/x-www-form-urlencoded", "grant_type=client_credentials&grant_type=password"],
  ])("answers invalid_request to %s", async (_, type, payload) => {
    const headers = { "content-type": type, ...basic(id, secret) };
    const answer = await auth.app.inject({ method: "POST", url: "/oauth/token", headers, payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: "invalid_request" });
  });
});
