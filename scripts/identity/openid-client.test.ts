import { createRemoteJWKSet, customFetch as joseFetch, jwtVerify } from "jose";
import {
  allowInsecureRequests,
  type ClientAuth,
  clientCredentialsGrant,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  customFetch,
  discovery,
  fetchProtectedResource,
} from "openid-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AUDIENCE, CreatedApiKey, parseApiKey, Scope } from "../../packages/contracts/src/index.ts";
import { ISSUER } from "../../services/auth/src/fixtures/start-auth.ts";
import { type Services, startServices } from "./fixtures/start-services.ts";

let services: Services;
let gateway: string;
beforeAll(async () => {
  services = await startServices();
  gateway = await services.gateway.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => services.close());

/** The issuer's name leads to the gateway, as DNS would have it. */
const resolved = async (url: string, init: RequestInit): Promise<Response> => fetch(url.replace(ISSUER, gateway), init);

/** What a client finds that knows the issuer and its key, and nothing else. */
const discover = async (apiKey: string, method: (secret: string) => ClientAuth): Promise<Configuration> => {
  const { id = "", secret = "" } = parseApiKey(apiKey) ?? {};
  return discovery(new URL(ISSUER), id, undefined, method(secret), {
    algorithm: "oauth2",
    // The issuer of the tests has no TLS.
    execute: [allowInsecureRequests],
    [customFetch]: async (url, { body, ...init }) => resolved(url, { ...init, ...(body && { body }) }),
  });
};

const methods: [name: string, method: (secret: string) => ClientAuth][] = [
  ["client_secret_basic", ClientSecretBasic],
  ["client_secret_post", ClientSecretPost],
];

describe.each(methods)("a client made of openid-client that says who it is by %s", (name, method) => {
  it("finds its way by the metadata, gets a token, and is let in with it", async () => {
    const client = await discover(services.auth.apiKey, method);
    expect(client.serverMetadata().token_endpoint_auth_methods_supported).toContain(name);
    const answer = await clientCredentialsGrant(client, { scope: "documents:read" });
    expect(answer).toMatchObject({ token_type: "bearer", scope: "documents:read" });
    expect(answer.expiresIn()).toBeGreaterThan(0);
    const list = await fetchProtectedResource(client, answer.access_token, new URL("/v1/documents", ISSUER), "GET");
    expect(await list.json()).toMatchObject({ items: [] });
  });

  it("gets a token of every scope of its key that anybody can verify who follows the metadata", async () => {
    const client = await discover(services.auth.apiKey, method);
    const { jwks_uri = "", issuer } = client.serverMetadata();
    const { access_token } = await clientCredentialsGrant(client);
    const keys = createRemoteJWKSet(new URL(jwks_uri), { [joseFetch]: resolved });
    const { payload } = await jwtVerify(access_token, keys, { issuer, audience: AUDIENCE, typ: "at+jwt" });
    expect(payload).toMatchObject({ tenant: services.auth.tenant, scope: Scope.options.join(" ") });
  });

  it("understands why it gets none", async () => {
    const wrong = await discover(services.auth.apiKey.toLowerCase(), method);
    const cause = [{ scheme: "basic", parameters: { realm: "lectura" } }];
    await expect(clientCredentialsGrant(wrong)).rejects.toMatchObject({ status: 401, cause });
    const made = await services.auth.createKey(services.auth.apiKey, { name: "reader", scopes: ["documents:read"] });
    const reader = await discover(CreatedApiKey.parse(made.json()).key, method);
    await expect(clientCredentialsGrant(reader, { scope: "admin" })).rejects.toMatchObject({
      status: 400,
      error: "invalid_scope",
      error_description: expect.stringContaining("admin"),
    });
  });
});
