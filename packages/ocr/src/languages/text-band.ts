import sharp from "sharp";
import type { GreyImage } from "../engines/engine.ts";
import { crop } from "../page/crop.ts";

/** Pixels that are looked at as one row, and how many rows make a band: a dozen lines at 300 dpi. */
const ROW = 6;
const BAND_ROWS = 100;

/** The band of a page across which light and dark rows alternate most, as lines of text make them. */
export const textBand = async (image: GreyImage): Promise<GreyImage> => {
  const { data, width, height } = image;
  const rows = await sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false })
    .resize({ width: 1, height: Math.ceil(height / ROW), fit: "fill" })
    .toColourspace("b-w")
    .raw({ depth: "uchar" })
    .toBuffer();
  const changes = Array.from(rows, (value, row) => Math.abs(value - (rows[row - 1] ?? value)));
  let sum = changes.slice(0, BAND_ROWS).reduce((total, change) => total + change, 0);
  let best = { first: 0, sum };
  for (let first = 1; first + BAND_ROWS <= changes.length; first += 1) {
    sum += (changes[first + BAND_ROWS - 1] ?? 0) - (changes[first - 1] ?? 0);
    if (sum > best.sum) best = { first, sum };
  }
  const top = best.first * ROW;
  return crop(image, [0, top, width, Math.min(height, top + BAND_ROWS * ROW)]);
};
