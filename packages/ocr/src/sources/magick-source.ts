import { readFile } from "node:fs/promises";
import type { Density, IMagickImage } from "@imagemagick/magick-wasm";
import { ProblemError, type SupportedMediaType } from "@lectura/contracts";
import type { GreyImage } from "../engines/engine.ts";
import { pixelsOfSequence } from "./heif-sequence.ts";
import { loadMagick, type Magick } from "./magick.ts";
import { type Source, UNKNOWN_DPI } from "./source.ts";

/** What sharp's own build cannot decode, by ImageMagick's name for it: named, so that the bytes cannot choose another decoder. */
const FORMATS = {
  "image/bmp": "BMP",
  "image/x-portable-anymap": "PNM",
  "image/jp2": "JP2",
  "image/jpx": "JP2",
  "image/j2c": "J2C",
  "image/heic": "HEIC",
  "image/heif": "HEIC",
  "image/heic-sequence": "HEIC",
  "image/heif-sequence": "HEIC",
  // A sequence of images: a single one is for sharp.
  "image/avif": "AVIF",
} as const satisfies Partial<Record<SupportedMediaType, string>>;
export type MagickMediaType = keyof typeof FORMATS;

export const isMagickMediaType = (mediaType: SupportedMediaType): mediaType is MagickMediaType => mediaType in FORMATS;

/** libheif does not get the B-frames of a HEIC sequence from libde265 (libheif 1.23). */
const undecodable = (mediaType: MagickMediaType): string =>
  mediaType.endsWith("-sequence")
    ? "The sequence is damaged or cut short, or has images that are predicted from later ones (B-frames)."
    : "The image is damaged or cut short.";

const BYTE = 8;
const CENTIMETRES_PER_INCH = 2.54;

const dpiOf = ({ DensityUnit }: Magick, { x, units }: Density): number => {
  if (units === DensityUnit.Undefined || x <= 0) return UNKNOWN_DPI;
  return Math.round(units === DensityUnit.PixelsPerCentimeter ? x * CENTIMETRES_PER_INCH : x);
};

const toGrey = (magick: Magick, image: IMagickImage): GreyImage => {
  const dpi = dpiOf(magick, image.density);
  image.autoOrient();
  image.backgroundColor = magick.MagickColors.White;
  image.alpha(magick.AlphaAction.Remove);
  image.grayscale();
  // Otherwise a black and white page comes as bits.
  image.depth = BYTE;
  const data = image.write(magick.MagickFormat.Gray, (bytes) => Buffer.from(bytes));
  return { data, width: image.width, height: image.height, dpi };
};

const openMagick = async (
  magick: Magick,
  path: string,
  { mediaType, pagePixels }: { mediaType: MagickMediaType; pagePixels: number },
): Promise<Source> => {
  const { MagickError, MagickImageCollection, MagickReadSettings } = magick;
  const bytes = await readFile(path);
  const settings = new MagickReadSettings({ format: FORMATS[mediaType] });

  /** Uses the images of the file, of which `ping` knows only the heads. */
  const withImages = <Result>(how: "ping" | "read", use: (images: IMagickImage[]) => Result): Result => {
    const images = MagickImageCollection.create();
    try {
      images[how](bytes, settings);
      return use(images);
    } catch (cause) {
      if (!(cause instanceof MagickError)) throw cause;
      throw new ProblemError("undecodable-file", undecodable(mediaType), { cause });
    } finally {
      images.dispose();
    }
  };

  // ImageMagick decodes all images of a file together: together they may be as large as one page.
  const limit = (pixels: number): void => {
    if (pixels > pagePixels) throw new ProblemError("too-many-pixels", "The image has more pixels than are allowed.");
  };
  // The frames of a sequence are decoded to be counted.
  limit(pixelsOfSequence(bytes));
  const sizes = withImages("ping", (images) => images.map(({ width, height }) => width * height));
  limit(sizes.reduce((sum, size) => sum + size, 0));

  return {
    mediaType,
    pages: sizes.length,
    image: async (page) =>
      withImages("read", (images) => {
        const image = images[page - 1];
        if (!image) throw new ProblemError("undecodable-file", `Image ${page} of the file is missing.`);
        return toGrey(magick, image);
      }),
    close: () => {},
  };
};

/** ImageMagick is loaded for the first file that needs it. */
export const createMagickOpener = ({ pagePixels }: { pagePixels: number }) => {
  let magick: Promise<Magick> | undefined;
  return async (path: string, mediaType: MagickMediaType): Promise<Source> => {
    magick ??= loadMagick();
    return openMagick(await magick, path, { mediaType, pagePixels });
  };
};
