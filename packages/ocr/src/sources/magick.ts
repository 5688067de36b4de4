import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export type Magick = Awaited<ReturnType<typeof loadMagick>>;

/** ImageMagick as WebAssembly: its 15 MB are loaded by whoever meets the first file that needs them. */
export const loadMagick = async () => {
  const magick = await import("@imagemagick/magick-wasm");
  const wasm = await readFile(fileURLToPath(import.meta.resolve("@imagemagick/magick-wasm/magick.wasm")));
  await magick.initializeImageMagick(wasm);
  return magick;
};
