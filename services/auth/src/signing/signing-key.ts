import type { Redis } from "ioredis";
import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWK,
} from "jose";
import { z } from "zod";
import { decrypt, encrypt } from "@lectura/runtime";

/** The key that signs tokens. All replicas of auth share one, through Redis. */
export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
  publicPem: string;
}

const PrivateJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

const generate = async (): Promise<string> => {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  return JSON.stringify(await exportJWK(privateKey));
};

const asCryptoKey = (key: CryptoKey | Uint8Array): CryptoKey => {
  if (key instanceof Uint8Array) throw new TypeError("an EC key is never raw bytes");
  return key;
};

/** Reads the signing key, or makes it when the platform has none. It is encrypted under `secret` at rest. */
export const loadSigningKey = async ({
  redis,
  secret,
  prefix = "lectura",
}: {
  redis: Redis;
  secret: string;
  prefix?: string;
}): Promise<SigningKey> => {
  const at = `${prefix}:signing-key`;
  if (!(await redis.exists(at))) await redis.set(at, encrypt(await generate(), secret), "NX");
  const sealed = z.string().parse(await redis.get(at));

  const { d, ...publicPart } = PrivateJwk.parse(JSON.parse(unseal(at, sealed, secret)));
  const kid = await calculateJwkThumbprint(publicPart);
  const publicJwk = { ...publicPart, kid, alg: "ES256", use: "sig" };
  return {
    kid,
    publicJwk,
    privateKey: asCryptoKey(await importJWK({ ...publicPart, d }, "ES256")),
    publicPem: await exportSPKI(asCryptoKey(await importJWK(publicJwk, "ES256"))),
  };
};

const unseal = (at: string, sealed: string, secret: string): string => {
  try {
    return decrypt(sealed, secret);
  } catch (cause) {
    throw new Error(
      `LECTURA_KEY_SECRET is not the one that the signing key in Redis (${at}) was encrypted with: ` +
        "set the former one again, or delete that key for a new one, which ends all tokens handed out",
      { cause },
    );
  }
};
