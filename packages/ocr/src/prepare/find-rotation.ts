import type { GreyImage, ReadBlock, ReadLine } from "../engines/engine.ts";
import { findLetters } from "./letters.ts";
import { fromPixels, toPixels } from "./pixels.ts";
import type { Region } from "./regions.ts";
import { type Rotation, turnBack } from "./rotate.ts";

const ROTATIONS: readonly Rotation[] = [0, 90, 180, 270];
/** Sides of the part that is tried, as shares of the shorter side of the page; and its letters decide by their number. */
const PART = 1 / 2;
const PLACES = 5;
/** Words of a page that is read upside down are seldom surer than this. */
const SURE = 60;
/** How much more must be read for sure than without turning. */
const CLEARLY_MORE = 1.5;

/** The square part of the page with most letters. */
const densestPart = (image: GreyImage, letters: Region[], reduction: number) => {
  const side = Math.ceil(Math.min(image.width, image.height) * PART);
  const places = Array.from({ length: PLACES * PLACES }, (_, place) => {
    const left = Math.floor(((image.width - side) * (place % PLACES)) / (PLACES - 1));
    const top = Math.floor(((image.height - side) * Math.floor(place / PLACES)) / (PLACES - 1));
    const inside = letters.filter((letter) => {
      const [x, y] = [letter.left * reduction, letter.top * reduction];
      return x >= left && y >= top && x < left + side && y < top + side;
    });
    return { left, top, width: side, height: side, letters: inside.length };
  });
  return places.reduce((best, place) => (place.letters > best.letters ? place : best));
};

/** Whether a line stands upright on the page: Tesseract reads those by itself, but what it gives lies on its side. */
export const isSideways = ({ bbox: [x0, y0, x1, y1] }: Pick<ReadLine, "bbox">): boolean => y1 - y0 > x1 - x0;

/** Characters of words that were read for sure, in lines that lie. */
const sureCharacters = (blocks: ReadBlock[]): number =>
  blocks
    .flatMap(({ lines }) => lines.filter((line) => !isSideways(line)).flatMap(({ words }) => words))
    .filter(({ confidence, text }) => confidence >= SURE && text.trim().length > 1)
    .reduce((count, { text }) => count + text.trim().length, 0);

/**
 * By how many clockwise degrees the page lies turned: the part of it with most letters is read all four ways. On receipts and
 * small tables this is right where Tesseract's orientation detection is not, and it needs no model and engine of its own.
 */
export const findRotation = async (
  image: GreyImage,
  read: (image: GreyImage) => Promise<ReadBlock[]>,
): Promise<Rotation> => {
  const { letters, reduction } = await findLetters(image);
  const { left, top, width, height } = densestPart(image, letters, reduction);
  const part = { ...(await toPixels(fromPixels(image).extract({ left, top, width, height }))), dpi: image.dpi };
  const counts = new Map<Rotation, number>();
  for (const rotation of ROTATIONS) counts.set(rotation, sureCharacters(await read(await turnBack(part, rotation))));
  const unturned = counts.get(0) ?? 0;
  const [best, most] = [...counts].reduce((one, other) => (other[1] > one[1] ? other : one));
  return most > CLEARLY_MORE * unturned ? best : 0;
};
