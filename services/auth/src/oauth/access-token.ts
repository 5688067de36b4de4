import { randomUUID } from "node:crypto";
import { AUDIENCE, type Scope, type TenantId } from "@lectura/contracts";
import { SignJWT } from "jose";
import type { KeyRing } from "../signing/key-ring.ts";

/** Longest life of an access token. */
export const TOKEN_LIFETIME_S = 300;

export interface TokenSubject {
  subject: string;
  tenant: TenantId;
  scopes: Scope[];
  /** The token ends with the credential it was made from, milliseconds since 1970. */
  until: number | null;
  /** The family of refresh tokens that it comes from. */
  session?: string;
}

/** Signs access tokens (RFC 9068) of five minutes at most. */
export const createTokenIssuer =
  ({ ring, issuer }: { ring: KeyRing; issuer: string }) =>
  async ({ subject, tenant, scopes, until, session }: TokenSubject): Promise<{ token: string; expiresIn: number }> => {
    const key = await ring.signing();
    const now = Math.floor(Date.now() / 1000);
    const expires = Math.min(now + TOKEN_LIFETIME_S, until === null ? Infinity : Math.floor(until / 1000));
    const token = await new SignJWT({ tenant, scope: scopes.join(" "), ...(session && { sid: session }) })
      .setProtectedHeader({ alg: "ES256", kid: key.kid, typ: "at+jwt" })
      .setIssuer(issuer)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(expires)
      .sign(key.privateKey);
    return { token, expiresIn: expires - now };
  };
export type TokenIssuer = ReturnType<typeof createTokenIssuer>;
