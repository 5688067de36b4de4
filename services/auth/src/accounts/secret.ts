import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits need no slow hash: nobody can try them through. */
export const newSecret = (): string => randomBytes(32).toString("base64url");
export const newKeyId = (): string => randomBytes(8).toString("hex");

export const hashSecret = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** Compares in constant time. */
export const matchesHash = (secret: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(hashSecret(secret), "hex"), Buffer.from(hash, "hex"));
