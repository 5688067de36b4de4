import { createHash } from "node:crypto";
import type { Upload } from "./upload.ts";

/** Names what a submission asks for, whatever its framing, its file's name and the order of its options. */
export const fingerprintOf = (call: string, { input, options }: Upload): string => {
  const canonical = Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([call, input.sha256, canonical]))
    .digest("hex");
};
