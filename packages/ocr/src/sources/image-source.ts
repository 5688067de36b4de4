import sharp from "sharp";
import { ProblemError, type SupportedMediaType } from "@lectura/contracts";
import { type Source, UNKNOWN_DPI } from "./source.ts";

// One page at a time in this process: threads and caches across pages would only take memory from the other slots.
sharp.concurrency(1);
sharp.cache(false);

export const refuse = (cause: unknown): never => {
  if (cause instanceof Error && cause.message.includes("pixel limit")) {
    throw new ProblemError("too-many-pixels", "The page has more pixels than are allowed.", { cause });
  }
  throw new ProblemError("undecodable-file", "The image is damaged or cut short.", { cause });
};

/** What libvips decodes by itself; every page, frame or image of a file is a page. */
export const openImage = async (
  path: string,
  { mediaType, pagePixels }: { mediaType: SupportedMediaType; pagePixels: number },
): Promise<Source> => {
  // `error` refuses what is cut short or damaged and lets pass what a decoder only grumbles about, such as a bad profile.
  const open = (page: number) => sharp(path, { page: page - 1, limitInputPixels: pagePixels, failOn: "error" });
  const { pages = 1 } = await open(1).metadata().catch(refuse);

  return {
    mediaType,
    pages,
    async image(page) {
      const image = open(page);
      const { density } = await image.metadata().catch(refuse);
      const { data, info } = await image
        .autoOrient()
        .flatten({ background: "white" })
        .toColourspace("b-w")
        .raw({ depth: "uchar" })
        .toBuffer({ resolveWithObject: true })
        .catch(refuse);
      return { data, width: info.width, height: info.height, dpi: Math.round(density ?? UNKNOWN_DPI) };
    },
    async picture(page) {
      // The page may have been too large to be recognised: nothing but its picture is asked for.
      const image = sharp(path, { page: page - 1, limitInputPixels: false, failOn: "error" });
      const { channels } = await image.metadata().catch(refuse);
      return image
        .autoOrient()
        .flatten({ background: "white" })
        .toColourspace(channels < 3 ? "b-w" : "srgb");
    },
    close: () => {},
  };
};
