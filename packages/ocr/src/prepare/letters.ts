import { findInk, type Ink } from "./ink.ts";
import { fromPixels, type Pixels, toPixels } from "./pixels.ts";
import { findRegions, type Region } from "./regions.ts";

/** Letters stand apart at this width, and a page costs the same whatever its resolution. */
const REDUCED = { width: 1600, height: 6400 };
/** In reduced pixels: what is smaller is dirt, or the dot of an i. */
const SMALLEST = { width: 2, height: 5 };
/** A letter is not this much wider than high, and no such part of the page. */
const WIDEST = 3;
const LARGEST_SHARE = 1 / 8;
/** The median of fewer says nothing. */
const ENOUGH = 20;

const mayBeLetter = ({ left, top, right, bottom }: Region, pageHeight: number): boolean => {
  const [width, height] = [right - left, bottom - top];
  if (width < SMALLEST.width || height < SMALLEST.height) return false;
  return width < WIDEST * height && height < LARGEST_SHARE * pageHeight;
};

/** An image in the size in which its letters are looked at. */
export const reduce = (image: Pixels): Promise<Pixels> =>
  toPixels(fromPixels(image).resize({ ...REDUCED, fit: "inside", withoutEnlargement: true, kernel: "linear" }));

/** What may be letters of a reduced image, by its size alone. */
const lettersOf = (reduced: Pixels, { threshold }: Ink): Region[] =>
  findRegions(reduced, threshold).filter((region) => mayBeLetter(region, reduced.height));

/** What may be letters, and by how much the image was reduced to find them. */
export const findLetters = async (image: Pixels): Promise<{ letters: Region[]; reduction: number }> => {
  const reduced = await reduce(image);
  return { letters: lettersOf(reduced, findInk(reduced.data)), reduction: image.height / reduced.height };
};

/** The median height of the letters, in pixels of the image; undefined where there are hardly any. */
export const letterHeight = (image: Pixels, reduced: Pixels, ink: Ink): number | undefined => {
  const reduction = image.height / reduced.height;
  const heights = lettersOf(reduced, ink)
    .map(({ top, bottom }) => bottom - top)
    .toSorted((one, other) => one - other);
  const median = heights[Math.floor(heights.length / 2)];
  return median !== undefined && heights.length >= ENOUGH ? median * reduction : undefined;
};
