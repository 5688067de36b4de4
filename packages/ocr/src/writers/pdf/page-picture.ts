import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import sharp, { type Sharp } from "sharp";
import type { Source } from "../../sources/source.ts";
import { type JpegHeader, readJpegHeader } from "./jpeg-header.ts";
import type { Matrix } from "./matrix.ts";
import type { PdfFile } from "./pdf-file.ts";

/** A picture that is in the PDF now. */
export interface Picture {
  number: number;
  /** How it lies on the page: from the unit square to the unit square, y upwards. */
  placement: Matrix;
  /** As shown. */
  width: number;
  height: number;
}

/** What a camera's note of orientation (EXIF 1 to 8) means for the picture's unit square, y upwards. */
const ORIENTATIONS: Matrix[] = [
  [1, 0, 0, 1, 0, 0],
  [-1, 0, 0, 1, 1, 0],
  [-1, 0, 0, -1, 1, 1],
  [1, 0, 0, -1, 0, 1],
  [0, -1, -1, 0, 1, 1],
  [0, -1, 1, 0, 0, 1],
  [0, 1, 1, 0, 0, 0],
  [0, 1, -1, 0, 1, 0],
];
const UPRIGHT: Matrix = [1, 0, 0, 1, 0, 0];
const COLOURS = { 1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK" };
const CHUNK_BYTES = 1 << 20;

function* chunksOf(file: number): Generator<Uint8Array> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) yield chunk.subarray(0, read);
}

const entriesOf = (width: number, height: number, colour: string, more: string): string =>
  `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 8 /ColorSpace ${colour} ${more}`;

/** A JPEG as it is, byte by byte: decoded and compressed again it would be worse and larger. */
const copyJpeg = async (file: PdfFile, path: string, header: JpegHeader): Promise<Picture> => {
  const { width, height, components, adobe } = header;
  const { orientation = 1 } = await sharp(path).metadata();
  const inverted = adobe && components === 4 ? "/Decode [1 0 1 0 1 0 1 0]" : "";
  const source = openSync(path, "r");
  try {
    const entries = entriesOf(width, height, COLOURS[components], `/Filter /DCTDecode ${inverted}`);
    const number = file.stream(entries, chunksOf(source), fstatSync(source).size);
    const placement = ORIENTATIONS[orientation - 1] ?? UPRIGHT;
    const lies = placement[0] === 0;
    return { number, placement, width: lies ? height : width, height: lies ? width : height };
  } finally {
    closeSync(source);
  }
};

/** The compressed pixels of a PNG without interlacing: a PDF takes them as they are. */
const pixelsOf = (png: Buffer): Buffer[] => {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return parts;
};

/** Pixels without loss. */
const embed = async (file: PdfFile, image: Sharp): Promise<Picture> => {
  const { data, info } = await image.png({ palette: false }).toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const components = info.channels === 1 ? 1 : 3;
  const predictor = `/DecodeParms << /Predictor 15 /Colors ${components} /BitsPerComponent 8 /Columns ${width} >>`;
  const pixels = pixelsOf(data);
  const length = pixels.reduce((sum, part) => sum + part.length, 0);
  const entries = entriesOf(width, height, COLOURS[components], `/Filter /FlateDecode ${predictor}`);
  return { number: file.stream(entries, pixels, length), placement: UPRIGHT, width, height };
};

/** In colour where it can be had, else in the greys that were recognised. */
const decode = async (page: number, source: Source): Promise<Sharp> => {
  if (source.picture) return source.picture(page);
  const { data, width, height } = await source.image(page);
  return sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false }).toColourspace("b-w");
};

/** Puts a page of an image file into a PDF. */
export const addPicture = async (file: PdfFile, path: string, page: number, source: Source): Promise<Picture> => {
  const jpeg = readJpegHeader(path);
  return jpeg ? copyJpeg(file, path, jpeg) : embed(file, await decode(page, source));
};
