import { z } from "zod";
import { TenantId } from "./document.ts";
import { Scope } from "./scopes.ts";

/** An OpenID provider whose access tokens are taken, and how its words become ours. */
export const OidcIssuer = z.strictObject({
  issuer: z.url(),
  audience: z.string().min(1),
  jwks_uri: z.url(),
  tenant_claim: z.string().default("tenant"),
  /** What the claim says, and the tenant it means. Without it the claim is a tenant's id, and the issuer may name any. */
  tenants: z.record(z.string(), TenantId).optional(),
  scope_claim: z.string().default("scope"),
  /** The provider's scopes, and what each of them allows. Without it they are our own names. */
  scopes: z.record(z.string(), z.array(Scope)).optional(),
});
export type OidcIssuer = z.infer<typeof OidcIssuer>;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** The environment's list of them. */
export const oidcIssuers = z
  .string()
  .default("[]")
  .refine(isJson, { error: "must be JSON", abort: true })
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.array(OidcIssuer))
  .describe("OpenID providers whose tokens are taken: JSON, see docs/identity.md");
