import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

// A password is kept in two halves for as long as its document is in work: sealed in the record, which loses it by the
// same step that ends the work, and the key in storage. Neither the history of Redis (AOF, backups) nor a file that
// outlives a crash gives it away by itself.

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A password under a key of its own. */
export const sealPassword = (password: string): { sealed: string; key: Buffer } => {
  const key = randomBytes(KEY_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv);
  const text = Buffer.concat([cipher.update(password, "utf8"), cipher.final()]);
  return { sealed: Buffer.concat([iv, cipher.getAuthTag(), text]).toString("base64"), key };
};

/** The password again; throws when the key is another one's. */
export const unsealPassword = (sealed: string, key: Buffer): string => {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
};
