import { Document, type OidcIssuer } from "../../packages/contracts/src/index.ts";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PNG } from "../../services/ocr-api/src/fixtures/start-ocr-api.ts";
import { startOidcProvider } from "./fixtures/oidc-provider.ts";
import { type Services, startServices } from "./fixtures/start-services.ts";

const TENANT = "ten_acme";
let provider: Awaited<ReturnType<typeof startOidcProvider>>;
let trusted: OidcIssuer;
let services: Services;
beforeAll(async () => {
  provider = await startOidcProvider();
  trusted = {
    issuer: provider.issuer,
    audience: "lectura-at-acme",
    jwks_uri: provider.jwksUri,
    tenant_claim: "organisation",
    tenants: { acme: TENANT },
    scope_claim: "scope",
    scopes: { "ocr.read": ["documents:read"], "ocr.write": ["documents:write", "documents:delete"] },
  };
  services = await startServices({ oidcIssuers: [trusted] });
});
afterAll(async () => {
  await services.close();
  await provider.close();
});

const bearer = async (scope: string) => ({ authorization: `Bearer ${await provider.token(scope)}` });

describe("a token of a trusted OpenID provider", () => {
  it("is signed in the provider's own way, and names caller, tenant and scopes in its words", async () => {
    expect(decodeProtectedHeader(await provider.token("ocr.read")).alg).toBe("RS256");
    const me = await services.gateway.inject({ url: "/v1/auth/me", headers: await bearer("ocr.read ocr.write") });
    expect(me.json()).toEqual({
      sub: "archive",
      tenant: TENANT,
      scopes: ["documents:read", "documents:write", "documents:delete"],
      kind: "oidc",
    });
  });

  it("takes in a document and reads it, at the gateway and at ocr-api", async () => {
    const headers = await bearer("ocr.read ocr.write");
    const made = await services.gateway.inject({ method: "POST", url: "/v1/documents", headers, payload: PNG });
    expect(made.statusCode).toBe(202);
    const { self } = Document.parse(made.json()).links;
    for (const app of [services.gateway, services.ocrApi.app])
      expect((await app.inject({ url: self, headers })).statusCode).toBe(200);
    const stranger = await services.auth.bearer(services.auth.apiKey);
    expect((await services.gateway.inject({ url: self, headers: stranger })).statusCode).toBe(404);
  });

  it("allows what its scopes mean, and nothing else", async () => {
    const headers = await bearer("ocr.read");
    for (const app of [services.gateway, services.ocrApi.app]) {
      expect((await app.inject({ url: "/v1/documents", headers })).statusCode).toBe(200);
      expect((await app.inject({ method: "POST", url: "/v1/documents", headers, payload: PNG })).statusCode).toBe(403);
    }
  });

  it("makes keys that belong to its caller, who is nobody of auth's", async () => {
    const headers = await bearer("ocr.read");
    const payload = { name: "n", scopes: ["documents:read"] };
    const made = await services.gateway.inject({ method: "POST", url: "/v1/api-keys", headers, payload });
    expect(made.statusCode).toBe(201);
    const list = await services.gateway.inject({ url: "/v1/api-keys", headers });
    expect(list.json().items).toMatchObject([{ id: made.json().id }]);
  });
});

describe.each<[what: string, changes: Partial<OidcIssuer>]>([
  ["for another audience", { audience: "somebody else" }],
  ["of a tenant that is not on the list", { tenants: { other: TENANT } }],
  ["whose tenant's name is no tenant here", { tenants: undefined }],
  ["without the claim that names the tenant", { tenant_claim: "nothing" }],
  ["of an issuer of another name", { issuer: "https://elsewhere.example.org" }],
])("a token %s", (_, changes) => {
  it("is 401 at the gateway and at ocr-api", async () => {
    const others = await startServices({ oidcIssuers: [{ ...trusted, ...changes }] });
    const headers = await bearer("ocr.read");
    for (const app of [others.gateway, others.ocrApi.app])
      expect((await app.inject({ url: "/v1/documents", headers })).json()).toMatchObject({
        status: 401,
        code: "invalid-credentials",
      });
    await others.close();
  });
});

it("an OpenID provider cannot take auth's name", async () => {
  await expect(startServices({ oidcIssuers: [{ ...trusted, issuer: "http://lectura.test" }] })).rejects.toThrow(
    /the same name/,
  );
});
