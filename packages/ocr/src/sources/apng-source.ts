import { readFile } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import type { SupportedMediaType } from "@lectura/contracts";
import { composeFrame } from "./apng/compose.ts";
import { frameAsPng } from "./apng/frame-as-png.ts";
import { readAnimation, type StoredFrame } from "./apng/read-animation.ts";
import { refuse } from "./image-source.ts";
import { type Source, UNKNOWN_DPI } from "./source.ts";

/** An animated PNG, of which libvips knows only the default image: every frame is a page, as a viewer shows it. */
export const openApng = async (
  path: string,
  { mediaType, pagePixels }: { mediaType: SupportedMediaType; pagePixels: number },
): Promise<Source> => {
  const careful = { limitInputPixels: pagePixels, failOn: "error" } as const;
  const { width, height, density, channels } = await sharp(path, careful).metadata().catch(refuse);
  const png = await readFile(path);
  const animation = readAnimation(png, { width, height });
  const decode = (frame: StoredFrame): Promise<Buffer> =>
    sharp(frameAsPng(png, animation, frame), careful)
      .toColourspace("srgb")
      .ensureAlpha()
      .raw({ depth: "uchar" })
      .toBuffer()
      .catch(refuse);
  const flat = async (page: number): Promise<Sharp> =>
    sharp(await composeFrame({ ...animation, decode }, page), {
      raw: { width, height, channels: 4 },
      limitInputPixels: false,
    }).flatten({ background: "white" });

  return {
    mediaType,
    pages: animation.frames.length,
    picture: async (page) => (await flat(page)).toColourspace(channels < 3 ? "b-w" : "srgb"),
    async image(page) {
      const data = await (await flat(page)).toColourspace("b-w").raw().toBuffer();
      return { data, width, height, dpi: Math.round(density ?? UNKNOWN_DPI) };
    },
    close: () => {},
  };
};
