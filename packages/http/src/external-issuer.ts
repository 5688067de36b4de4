import { type OidcIssuer, parseScopes, type Scope, TenantId } from "@lectura/contracts";
import type { Logger } from "@lectura/runtime";
import type { JWTPayload } from "jose";
import { z } from "zod";
import { createKeySource } from "./jwks.ts";
import type { TrustedIssuer } from "./trusted-issuer.ts";

/** Whatever is signed by a private key: by none of these can a public key be taken for a shared secret. */
const ALGORITHMS = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"];

/** Scopes come as one text, roles and groups as a list. */
const Names = z.union([z.string().transform((text) => text.split(" ")), z.array(z.string())]);

const tenantOf = ({ tenant_claim, tenants }: OidcIssuer, claims: JWTPayload): TenantId => {
  const named = z.string().parse(claims[tenant_claim]);
  return TenantId.parse(tenants ? new Map(Object.entries(tenants)).get(named) : named);
};

const scopesOf = ({ scope_claim, scopes }: OidcIssuer, claims: JWTPayload): Scope[] => {
  const names = Names.parse(claims[scope_claim] ?? []);
  if (!scopes) return parseScopes(names.join(" "));
  const meanings = new Map(Object.entries(scopes));
  return [...new Set(names.flatMap((name) => meanings.get(name) ?? []))];
};

/** An OpenID provider: its subjects are its own, tenant and scopes are what its claims mean here. */
export const externalIssuer = (trusted: OidcIssuer, log: Logger): TrustedIssuer => ({
  issuer: trusted.issuer,
  audience: trusted.audience,
  algorithms: ALGORITHMS,
  keys: createKeySource({ url: new URL(trusted.jwks_uri), log }),
  callerOf: (claims) => ({
    issuer: trusted.issuer,
    subject: z.string().min(1).parse(claims.sub),
    kind: "oidc",
    tenant: tenantOf(trusted, claims),
    scopes: scopesOf(trusted, claims),
  }),
});
