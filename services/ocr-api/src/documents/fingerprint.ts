import { createHash } from "node:crypto";
import type { Upload } from "./upload.ts";

/** Names what a submission asks for, whatever its framing, its file's name and the order of its options. */
export const fingerprintOf = (call: string, { input, options: { password, ...options } }: Upload): string => {
  // Of a password only that there is one: what is kept for a day must not help anybody to guess it.
  const asked = { ...options, password: password !== null };
  const canonical = Object.entries(asked).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([call, input.sha256, canonical]))
    .digest("hex");
};
