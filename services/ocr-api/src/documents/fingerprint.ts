import { createHash } from "node:crypto";
import { api, type DocumentOptions } from "@lectura/contracts";

const CALL = `${api.createDocument.method} ${api.createDocument.path}`;

/**
 * Names what a submission asks for, whatever its framing, its file's name and the order of its options. `file` is the
 * digest of its file or, where it brings none, the URL it names.
 */
export const fingerprintOf = (file: string, { password, ...options }: DocumentOptions): string => {
  // Of a password only that there is one: what is kept for a day must not help anybody to guess it.
  const asked = { ...options, password: password !== null };
  const canonical = Object.entries(asked).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([CALL, file, canonical]))
    .digest("hex");
};
