import { AUDIENCE, parseScopes, type Scope, type TenantId, TokenClaims } from "@lectura/contracts";
import type { JWTPayload } from "jose";
import type { KeySource } from "./jwks.ts";

/** Who is calling, as a verified token says. */
export interface Caller {
  /** Who vouches for the subject; another issuer's subjects are other people. */
  issuer: string;
  subject: string;
  kind: "key" | "user" | "oidc";
  tenant: TenantId;
  scopes: Scope[];
  /** The family of refresh tokens behind the token. */
  session?: string | undefined;
}

/** The caller's name among all issuers: another one may call somebody by a name that auth has given to somebody else. */
export const actorOf = ({ kind, issuer, subject }: Caller): string =>
  kind === "oidc" ? `${issuer} ${subject}` : subject;

/** Somebody whose tokens are taken. */
export interface TrustedIssuer {
  issuer: string;
  audience: string;
  algorithms: string[];
  keys: KeySource;
  /** @throws when the claims of a verified token do not name a caller */
  callerOf(claims: JWTPayload): Caller;
}

/** auth: it signs with ES256 and speaks our own names. */
export const ownIssuer = ({ issuer, keys }: { issuer: string; keys: KeySource }): TrustedIssuer => ({
  issuer,
  audience: AUDIENCE,
  algorithms: ["ES256"],
  keys,
  callerOf: (claims) => {
    const { sub, tenant, scope, sid } = TokenClaims.parse(claims);
    const kind = sub.startsWith("usr_") ? "user" : "key";
    return { issuer, subject: sub, kind, tenant, scopes: parseScopes(scope), session: sid };
  },
});
