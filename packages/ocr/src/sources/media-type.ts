import { open } from "node:fs/promises";
import type { SupportedMediaType } from "@lectura/contracts";
import { sniff, SNIFF_BYTES } from "@lectura/media-type";

/** The media type that a file's bytes tell; a problem when it is not one of those supported. */
export const mediaTypeOf = async (path: string): Promise<SupportedMediaType> => {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
  // Awaited here: a rejection that arrives while the file is being closed would be nobody's.
  return await sniff(buffer.subarray(0, bytesRead));
};
