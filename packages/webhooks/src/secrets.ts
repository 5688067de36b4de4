import { randomBytes } from "node:crypto";
import { decrypt, encrypt, encryptionKey } from "@lectura/runtime";
import { z } from "zod";

/** The variable that the services read it from. */
export const webhookSecret = encryptionKey.describe("encrypts the secrets of webhooks at rest (32 bytes, base64url)");

/** So long a former secret signs along. */
const ROTATION_MS = 24 * 3600_000;
/** So many sign at once; more rotations in a day than that end the oldest early. */
const MOST_SECRETS = 5;

/** The present secret first, then those that it has replaced. `until` in ms since 1970; null for the present one. */
const Secrets = z.array(z.object({ secret: z.string(), until: z.number().nullable() })).min(1);
type Secrets = z.infer<typeof Secrets>;

/** A secret as Standard Webhooks write it: 32 random bytes. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/** How a webhook's secrets lie in Redis: encrypted under `key`. */
export const createVault = (key: string) => {
  const open = (sealed: string): Secrets => {
    try {
      return Secrets.parse(JSON.parse(decrypt(sealed, key)));
    } catch (cause) {
      throw new Error("LECTURA_WEBHOOK_SECRET is not the one that this webhook's secrets were encrypted with", {
        cause,
      });
    }
  };
  const seal = (secrets: Secrets): string => encrypt(JSON.stringify(secrets), key);

  return {
    first: (secret: string): string => seal([{ secret, until: null }]),

    /** The sealed secrets with another one in front. */
    rotated: (sealed: string, secret: string, now: number): string =>
      seal(
        [
          { secret, until: null },
          ...open(sealed)
            .map((each) => ({ ...each, until: each.until ?? now + ROTATION_MS }))
            .filter(({ until }) => until > now),
        ].slice(0, MOST_SECRETS),
      ),

    /** Those that sign now, the present one first. */
    valid: (sealed: string, now: number): string[] =>
      open(sealed)
        .filter(({ until }) => until === null || until > now)
        .map(({ secret }) => secret),
  };
};
export type Vault = ReturnType<typeof createVault>;
