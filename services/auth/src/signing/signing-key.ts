import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { z } from "zod";
import { decrypt, encrypt } from "@lectura/runtime";

/** A key that signs tokens, taken out of its envelope. */
export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  publicJwk: JWK;
}

const PrivateJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

const asCryptoKey = (key: CryptoKey | Uint8Array): CryptoKey => {
  if (key instanceof Uint8Array) throw new TypeError("an EC key is never raw bytes");
  return key;
};

/** A fresh key, encrypted under `secret`. */
export const sealNewKey = async (secret: string): Promise<string> => {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  return encrypt(JSON.stringify(await exportJWK(privateKey)), secret);
};

const unseal = (sealed: string, secret: string): string => {
  try {
    return decrypt(sealed, secret);
  } catch (cause) {
    throw new Error(
      "LECTURA_KEY_SECRET is not the one that the signing keys in Redis were encrypted with: " +
        "set the former one again, or run `keys replace` with this one, which ends all tokens handed out",
      { cause },
    );
  }
};

/** @throws when the secret is another one than the key was encrypted with */
export const openKey = async (sealed: string, secret: string): Promise<SigningKey> => {
  const { d, ...publicPart } = PrivateJwk.parse(JSON.parse(unseal(sealed, secret)));
  const kid = await calculateJwkThumbprint(publicPart);
  const publicJwk = { ...publicPart, kid, alg: "ES256", use: "sig" };
  return {
    kid,
    publicJwk,
    privateKey: asCryptoKey(await importJWK({ ...publicPart, d }, "ES256")),
    publicKey: asCryptoKey(await importJWK(publicJwk, "ES256")),
  };
};
