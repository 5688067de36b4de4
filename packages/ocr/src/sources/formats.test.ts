import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { IMagickImage } from "@imagemagick/magick-wasm";
import type { PageResult, SupportedMediaType } from "@lectura/contracts";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOcr, type Ocr, type RecognizeOptions } from "../create-ocr.ts";
import type { GreyImage } from "../engines/engine.ts";
import { createFiles } from "../fixtures/files.ts";
import { drawLines, encode, makeTiff } from "../fixtures/images.ts";
import { encodeWithMagick } from "../fixtures/magick-images.ts";
import type { Magick } from "./magick.ts";

const { LECTURA_TESSERACT_LIBRARY: library, LECTURA_TESSDATA: tessdata } = process.env;
const LINES = ["El veloz murciélago hindú", "comía feliz cardillo y kiwi"];
const TEXT = `${LINES.join("\n")}\n`;
const PLAINLY: RecognizeOptions = { languages: ["spa"], textLayer: "auto" };
const SHEETS = ["La primera hoja", "La segunda hoja", "La tercera hoja"];

let ocr: Ocr;
let files: Awaited<ReturnType<typeof createFiles>>;
let page: GreyImage;
let sheets: GreyImage[];

beforeAll(async () => {
  files = await createFiles();
  page = await drawLines(LINES);
  sheets = await Promise.all(SHEETS.map((line) => drawLines([line])));
  ocr = await createOcr({
    engine: "auto",
    slots: 1,
    ...(library && { library }),
    ...(tessdata && { tessdata }),
    limits: { pagePixels: 10_000_000, pageSeconds: 60 },
  });
});
afterAll(async () => {
  await ocr.close();
  await files.dispose();
});

type Variant = [mediaType: SupportedMediaType, variant: string, make: () => Promise<Buffer>];
type Change = (image: IMagickImage, magick: Magick) => void;

const bySharp = (mediaType: SupportedMediaType, variant: string, make: (image: Sharp) => Sharp): Variant => [
  mediaType,
  variant,
  async () => make(encode(page)).toBuffer(),
];
const byMagick = (
  mediaType: SupportedMediaType,
  variant: string,
  format: Parameters<typeof encodeWithMagick>[1],
  change?: Change,
): Variant => [mediaType, variant, async () => encodeWithMagick([page], format, change)];

const depth =
  (bits: number): Change =>
  (image) => {
    image.depth = bits;
  };
const blackAndWhite: Change = (image, { ColorType }) => {
  image.colorType = ColorType.Bilevel;
};
const compressed =
  (method: "Fax" | "Group4" | "RLE" | "JPEG", change: Change = () => {}): Change =>
  (image, magick) => {
    change(image, magick);
    image.settings.compression = magick.CompressionMethod[method];
  };
const palette: Change = (image, { ColorType }) => {
  image.colorType = ColorType.Palette;
};
const inCmyk: Change = (image, { ColorSpace }) => {
  image.colorSpace = ColorSpace.CMYK;
};
/** Black ink over nothing: only its alpha channel holds the text. */
const inkOnly = (): Sharp => {
  const { width, height, data } = page;
  const ink = Buffer.from(data.map((value) => 255 - value));
  const black = { width, height, channels: 3 as const, background: "black" };
  return sharp({ create: black }).joinChannel(ink, { raw: { width, height, channels: 1 } });
};

describe("an image gives its text as", () => {
  it.each<Variant>([
    byMagick("image/png", "1 bit grey", "PNG", blackAndWhite),
    byMagick("image/png", "2 bits grey", "PNG", depth(2)),
    byMagick("image/png", "4 bits grey", "PNG", depth(4)),
    bySharp("image/png", "8 bits grey, interlaced", (image) => image.png({ progressive: true })),
    bySharp("image/png", "16 bits grey", (image) => image.toColourspace("grey16").png()),
    bySharp("image/png", "16 bits colour", (image) => image.toColourspace("rgb16").png()),
    bySharp("image/png", "palette of 2", (image) => image.toColourspace("srgb").png({ palette: true, colours: 2 })),
    bySharp("image/png", "palette of 256", (image) => image.toColourspace("srgb").png({ palette: true })),
    ["image/png", "8 bits with alpha", async () => inkOnly().png().toBuffer()],
    ["image/png", "16 bits with alpha", async () => inkOnly().toColourspace("rgb16").png().toBuffer()],
    ["image/png", "palette with alpha", async () => inkOnly().png({ palette: true }).toBuffer()],
    bySharp("image/jpeg", "baseline", (image) => image.jpeg()),
    bySharp("image/jpeg", "progressive", (image) => image.jpeg({ progressive: true })),
    bySharp("image/jpeg", "colour, 4:2:0", (image) => image.toColourspace("srgb").jpeg()),
    bySharp("image/jpeg", "CMYK by sharp", (image) => image.toColourspace("cmyk").jpeg()),
    byMagick("image/jpeg", "CMYK by ImageMagick", "JPEG", inCmyk),
    bySharp("image/webp", "lossy", (image) => image.webp()),
    bySharp("image/webp", "lossless", (image) => image.webp({ lossless: true })),
    ["image/webp", "with alpha", async () => inkOnly().webp().toBuffer()],
    bySharp("image/gif", "one frame", (image) => image.gif()),
    ["image/gif", "with transparency", async () => inkOnly().gif().toBuffer()],
    bySharp("image/tiff", "uncompressed", (image) => image.tiff({ compression: "none" })),
    bySharp("image/tiff", "LZW", (image) => image.tiff({ compression: "lzw", predictor: "horizontal" })),
    bySharp("image/tiff", "deflate", (image) => image.tiff({ compression: "deflate" })),
    bySharp("image/tiff", "PackBits", (image) => image.tiff({ compression: "packbits" })),
    bySharp("image/tiff", "JPEG", (image) => image.toColourspace("srgb").tiff({ compression: "jpeg" })),
    bySharp("image/tiff", "tiled", (image) => image.tiff({ tile: true, tileWidth: 64, tileHeight: 64 })),
    bySharp("image/tiff", "1 bit", (image) => image.tiff({ bitdepth: 1 })),
    bySharp("image/tiff", "1 bit, 0 is white", (image) => image.tiff({ bitdepth: 1, miniswhite: true })),
    bySharp("image/tiff", "2 bits", (image) => image.tiff({ bitdepth: 2, compression: "lzw" })),
    bySharp("image/tiff", "4 bits", (image) => image.tiff({ bitdepth: 4, compression: "lzw" })),
    bySharp("image/tiff", "16 bits grey", (image) => image.toColourspace("grey16").tiff({ compression: "lzw" })),
    bySharp("image/tiff", "16 bits colour", (image) => image.toColourspace("rgb16").tiff({ compression: "lzw" })),
    bySharp("image/tiff", "CMYK", (image) => image.toColourspace("cmyk").tiff({ compression: "lzw" })),
    bySharp("image/tiff", "large", (image) => image.tiff({ bigtiff: true })),
    byMagick("image/tiff", "G3", "TIFF", compressed("Fax", blackAndWhite)),
    byMagick("image/tiff", "G4", "TIFF", compressed("Group4", blackAndWhite)),
    byMagick("image/tiff", "palette", "TIFF", palette),
    byMagick("image/bmp", "1 bit", "BMP", blackAndWhite),
    byMagick("image/bmp", "palette", "BMP", palette),
    byMagick("image/bmp", "run lengths", "BMP", compressed("RLE", palette)),
    byMagick("image/bmp", "24 bits", "BMP3", (image, { ColorType }) => {
      image.colorType = ColorType.TrueColor;
    }),
    byMagick("image/bmp", "of OS/2", "BMP2"),
    byMagick("image/bmp", "with alpha", "BMP", (image, { ColorType }) => {
      image.colorType = ColorType.TrueColorAlpha;
    }),
    byMagick("image/x-portable-anymap", "PBM", "PBM", blackAndWhite),
    byMagick("image/x-portable-anymap", "PGM", "PGM"),
    byMagick("image/x-portable-anymap", "PPM", "PPM"),
    byMagick("image/x-portable-anymap", "PAM", "PAM"),
    [
      "image/x-portable-anymap",
      "PGM in plain text",
      async () => Buffer.from(`P2 # drawn\n${page.width} ${page.height}\n255\n${[...page.data].join("\n")}\n`),
    ],
    byMagick("image/jp2", "a file", "JP2"),
    byMagick("image/j2c", "a codestream", "J2K"),
    ["image/jpx", "extended", async () => withBrand(await encodeWithMagick([page], "JP2"), "jpx ")],
    bySharp("image/avif", "8 bits", (image) => image.avif({ effort: 0 })),
    bySharp("image/avif", "10 bits", (image) => image.avif({ effort: 0, bitdepth: 10 })),
  ])("%s, %s", async (mediaType, _, make) => {
    const path = await files.write(await make());
    expect(await ocr.inspect(path)).toEqual({ mediaType, pages: 1 });
    const { text, width, height } = await ocr.recognize(path, 1, PLAINLY);
    expect({ text, width, height }).toEqual({ text: TEXT, width: page.width, height: page.height });
  });
});

/** The brand of an ISO base media file stands at byte 8 of its `ftyp` box, which in a JPEG 2000 file is the second box. */
const withBrand = (jp2: Buffer, brand: string): Buffer => {
  const box = jp2.indexOf("ftyp") + "ftyp".length;
  jp2.write(brand, box, "latin1");
  return jp2;
};

/** The sheets as frames: libvips takes them as one tall image and the height where to cut. */
const animated = async (encoded: (image: Sharp) => Sharp) => {
  const [{ width, height } = { width: 0, height: 0 }] = sheets;
  const data = Buffer.concat(sheets.map((sheet) => sheet.data));
  const raw = { width, height: height * sheets.length, channels: 1 as const, pageHeight: height };
  return encoded(sharp(data, { raw })).toBuffer();
};

async function* inOrder(pages: PageResult[]): AsyncGenerator<PageResult> {
  yield* pages.toSorted((a, b) => a.number - b.number);
}

describe("a file of several images", () => {
  it.each<[SupportedMediaType, () => Promise<Buffer>]>([
    ["image/tiff", async () => makeTiff(sheets)],
    ["image/gif", async () => animated((image) => image.gif())],
    ["image/webp", async () => animated((image) => image.webp())],
    ["image/x-portable-anymap", async () => encodeWithMagick(sheets, "PGM")],
  ])("%s has each of them as a page", async (mediaType, make) => {
    const path = await files.write(await make());
    expect(await ocr.inspect(path)).toEqual({ mediaType, pages: SHEETS.length });
    const texts: string[] = [];
    for (const number of [3, 1, 2]) {
      const { text } = await ocr.recognize(path, number, PLAINLY);
      texts.push(text);
    }
    expect(texts).toEqual(["La tercera hoja\n", "La primera hoja\n", "La segunda hoja\n"]);
  });

  it.each<[SupportedMediaType, string]>([
    ["image/apng", "apng/by-pillow.png"],
    ["image/apng", "apng/by-ffmpeg.png"],
    ["image/avif", "avif/by-pillow.avif"],
    ["image/avif", "avif/by-ffmpeg.avif"],
    ["image/heic-sequence", "heic/three-frames.heics"],
  ])("%s has each of them as a page, and as one of its PDF, from a file that was kept: %s", async (mediaType, name) => {
    const path = join(import.meta.dirname, "../fixtures", name);
    expect(await ocr.inspect(path)).toEqual({ mediaType, pages: SHEETS.length });
    const pages: PageResult[] = [];
    for (const number of [3, 1, 2]) pages.push(await ocr.recognize(path, number, PLAINLY));
    expect(pages.map(({ text }) => text)).toEqual(["La tercera hoja\n", "La primera hoja\n", "La segunda hoja\n"]);

    const pdf = await files.write("");
    await ocr.writePdf(path, inOrder(pages), pdf);
    for (const [index, sheet] of SHEETS.entries()) {
      const shown = await ocr.recognize(pdf, index + 1, { languages: ["spa"], textLayer: "ignore" });
      expect(shown.text).toBe(`${sheet}\n`);
    }
  });

  it("image/heif-sequence has each of them as a page, whatever brand comes first", async () => {
    const file = await readFile(join(import.meta.dirname, "../fixtures/heic/three-frames.heics"));
    file.write("msf1", 8, "latin1");
    expect(await ocr.inspect(await files.write(file))).toEqual({ mediaType: "image/heif-sequence", pages: 3 });
  });

  it("image/heic-sequence with B-frames is refused with a sentence that says so", async () => {
    const refused = expect(ocr.inspect(join(import.meta.dirname, "../fixtures/heic/b-frames.heics"))).rejects;
    await refused.toMatchObject({ code: "undecodable-file" });
    await refused.toThrow("B-frames");
  });

  it("image/heic has each of them as a page, and as one of its PDF, from a file that was kept", async () => {
    const path = join(import.meta.dirname, "../fixtures/heic/two-images.heic");
    expect(await ocr.inspect(path)).toEqual({ mediaType: "image/heic", pages: 2 });
    const pages = [await ocr.recognize(path, 1, PLAINLY), await ocr.recognize(path, 2, PLAINLY)];
    const pdf = await files.write("");
    await ocr.writePdf(path, inOrder(pages), pdf);
    for (const [index, text] of [TEXT, "La segunda hoja\n"].entries()) {
      expect(pages[index]?.text).toBe(text);
      const shown = await ocr.recognize(pdf, index + 1, { languages: ["spa"], textLayer: "ignore" });
      expect(shown.text).toBe(text);
    }
  });
});

describe("an image that the camera held otherwise", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("is read upright from a JPEG with EXIF orientation %d", async (orientation) => {
    // What the camera has to have seen, so that undoing the orientation gives the page.
    const held = encode(page);
    if ([2, 4].includes(orientation)) held.flop();
    const quarter = { 3: 180, 4: 180, 5: 90, 6: 270, 7: 270, 8: 90 }[orientation];
    if (quarter) held.rotate(quarter);
    const turned = sharp(await held.png().toBuffer());
    if ([5, 7].includes(orientation)) turned.flop();
    const path = await files.write(await turned.withMetadata({ orientation }).jpeg().toBuffer());
    const { text, width } = await ocr.recognize(path, 1, PLAINLY);
    expect({ text, width }).toEqual({ text: TEXT, width: page.width });
  });

  it("is read upright from a TIFF and a HEIC as well", async () => {
    const tiff = await encode(page).rotate(90).withMetadata({ orientation: 8 }).tiff().toBuffer();
    const heic = await readFile(join(import.meta.dirname, "../fixtures/heic/turned.heic"));
    for (const bytes of [tiff, heic]) {
      const path = await files.write(bytes);
      expect((await ocr.recognize(path, 1, PLAINLY)).text).toBe(TEXT);
    }
  });
});
