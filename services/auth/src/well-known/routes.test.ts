import { Scope } from "@lectura/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ISSUER, startAuth, type TestAuth } from "../fixtures/start-auth.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth(process.env["REDIS_URL"]);
});
afterAll(() => auth.close());

describe("what verifiers and clients find without credentials", () => {
  it("the JWKS has the public half of the signing key and nothing else", async () => {
    const answer = await auth.app.inject("/.well-known/jwks.json");
    expect(answer.statusCode).toBe(200);
    const text = expect.stringMatching(/^[\w-]{43}$/);
    expect(answer.json()).toEqual({
      keys: [{ kty: "EC", crv: "P-256", alg: "ES256", use: "sig", x: text, y: text, kid: text }],
    });
  });

  it("the metadata names the endpoints under the issuer, as RFC 8414 asks", async () => {
    const answer = await auth.app.inject("/.well-known/oauth-authorization-server");
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      issuer: ISSUER,
      token_endpoint: `${ISSUER}/oauth/token`,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
      grant_types_supported: ["client_credentials"],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
      scopes_supported: Scope.options,
    });
  });
});
