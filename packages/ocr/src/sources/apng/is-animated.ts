import { closeSync, openSync, readSync } from "node:fs";
import { CHUNK_FRAMING, PNG_SIGNATURE } from "./png-chunks.ts";

const HEAD_BYTES = 8;
/** More than any writer puts before the pixels. */
const MOST_CHUNKS = 1000;

/** Whether a PNG says before its pixels that it is animated; a large colour profile may come before that. */
export const isAnimated = (path: string): boolean => {
  const file = openSync(path, "r");
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    for (let [at, chunks] = [PNG_SIGNATURE.length, 0]; chunks < MOST_CHUNKS; chunks += 1) {
      if (readSync(file, head, 0, HEAD_BYTES, at) < HEAD_BYTES) return false;
      const type = head.toString("latin1", 4);
      if (type === "acTL" || type === "IDAT") return type === "acTL";
      at += CHUNK_FRAMING + head.readUInt32BE(0);
    }
    return false;
  } finally {
    closeSync(file);
  }
};
