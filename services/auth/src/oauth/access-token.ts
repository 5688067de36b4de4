import { randomUUID } from "node:crypto";
import { AUDIENCE, type Scope, type TenantId } from "@lectura/contracts";
import { SignJWT } from "jose";
import type { SigningKey } from "../signing/signing-key.ts";

const LIFETIME_S = 300;

export interface TokenSubject {
  subject: string;
  tenant: TenantId;
  scopes: Scope[];
  /** The token ends with the credential it was made from, milliseconds since 1970. */
  until: number | null;
}

/** Signs access tokens (RFC 9068) of five minutes at most. */
export const createTokenIssuer =
  ({ key, issuer }: { key: SigningKey; issuer: string }) =>
  async ({ subject, tenant, scopes, until }: TokenSubject): Promise<{ token: string; expiresIn: number }> => {
    const now = Math.floor(Date.now() / 1000);
    const expires = Math.min(now + LIFETIME_S, until === null ? Infinity : Math.floor(until / 1000));
    const token = await new SignJWT({ tenant, scope: scopes.join(" ") })
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
