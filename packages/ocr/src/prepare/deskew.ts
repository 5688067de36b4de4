import type { GreyImage } from "../engines/engine.ts";
import { findInk } from "./ink.ts";
import { fromPixels, type Pixels, toPixels } from "./pixels.ts";
import type { Step } from "./step.ts";

/** Lines stand well apart at this width, and a page costs the same whatever its resolution. Long strips are bounded too. */
const REDUCED = { width: 900, height: 3600 };
/** Degrees to either side; a page that lies more askew was not fed by a scanner. */
const RANGE = 8;
const COARSE_STEP = 0.5;
const FINE_STEP = 0.1;
/** Rows of the reduced image: a strip of a line or two has no other lines to compare with, only its ascenders. */
const SHORTEST = 150;
/** Fewer points are no lines of text. */
const ENOUGH_POINTS = 200;
/** How much better than unturned the best angle must be: pictures and noise have a best angle too. */
const CLEARLY_BETTER = 1.05;
/** The engines read lines that are less askew as well, and turning blurs. */
const TOLERATED = 0.3;
/** A turned strip lies in a canvas of many times its pixels: beyond this the page stays as it is. */
const LARGEST_GROWTH = 2;

interface Points {
  x: Uint16Array;
  y: Uint16Array;
  width: number;
  height: number;
}

/** Where ink begins below paper: the tops of letters, of which a line has most at the same height. */
const upperEdges = ({ data, width, height }: Pixels): Points => {
  const { threshold } = findInk(data);
  const x = new Uint16Array(data.length);
  const y = new Uint16Array(data.length);
  let count = 0;
  for (let row = 1, at = width; row < height; row += 1) {
    for (let column = 0; column < width; column += 1, at += 1) {
      if ((data[at] ?? 0) > threshold || (data[at - width] ?? 0) <= threshold) continue;
      x[count] = column;
      y[count] = row;
      count += 1;
    }
  }
  return { x: x.subarray(0, count), y: y.subarray(0, count), width, height };
};

/** How much the points gather in rows when the page is turned back by an angle: the sum of squares of their profile. */
const scoreOf = ({ x, y, width, height }: Points, degrees: number): number => {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const margin = Math.ceil(width * Math.abs(sin)) + 1;
  const profile = new Uint32Array(height + 2 * margin);
  for (let index = 0; index < x.length; index += 1) {
    const row = Math.trunc((y[index] ?? 0) * cos - (x[index] ?? 0) * sin + margin + 0.5);
    profile[row] = (profile[row] ?? 0) + 1;
  }
  let score = 0;
  // By index, as it is done for dozens of angles: a callback for each row takes several times as long.
  for (let row = 0; row < profile.length; row += 1) score += (profile[row] ?? 0) ** 2;
  return score;
};

/** The angle with the best score among those around `middle`. */
const bestAround = (points: Points, middle: number, reach: number, step: number): number => {
  const steps = Math.round(reach / step);
  let best = { degrees: middle, score: scoreOf(points, middle) };
  for (let index = -steps; index <= steps; index += 1) {
    const degrees = middle + index * step;
    const score = scoreOf(points, degrees);
    if (score > best.score) best = { degrees, score };
  }
  return best.degrees;
};

/**
 * By how many degrees the lines of a page are turned clockwise; 0 where that is not clear.
 * After H. S. Baird, "The Skew Angle of Printed Documents" (1987), with the upper edges of the ink for his components.
 */
export const findSkew = async (image: Pixels): Promise<number> => {
  const reduced = fromPixels(image).resize({ ...REDUCED, fit: "inside", withoutEnlargement: true, kernel: "linear" });
  const points = upperEdges(await toPixels(reduced));
  if (points.height < SHORTEST || points.x.length < ENOUGH_POINTS) return 0;
  const coarse = bestAround(points, 0, RANGE, COARSE_STEP);
  const degrees = Math.round(bestAround(points, coarse, COARSE_STEP - FINE_STEP, FINE_STEP) / FINE_STEP) * FINE_STEP;
  const clear = scoreOf(points, degrees) >= CLEARLY_BETTER * scoreOf(points, 0);
  return clear && Math.abs(degrees) >= TOLERATED ? Number(degrees.toFixed(1)) : 0;
};

/** Whether turning would give a canvas of many times the page. */
const growsTooMuch = ({ width, height }: GreyImage, skew: number): boolean => {
  const [sin, cos] = [Math.sin((Math.abs(skew) * Math.PI) / 180), Math.cos((skew * Math.PI) / 180)];
  return (width * cos + height * sin) * (width * sin + height * cos) > LARGEST_GROWTH * width * height;
};

/** The page turned back by so many degrees, on a canvas that holds all of it. */
export const level = async (image: GreyImage, skew: number): Promise<GreyImage> => ({
  ...(await toPixels(fromPixels(image).rotate(-skew, { background: "white" }))),
  dpi: image.dpi,
});

/** Lays the lines of a page level. */
export const deskew: Step = {
  name: "deskew",
  async apply(image, { reduced }) {
    const skew = await findSkew(await reduced());
    return skew === 0 || growsTooMuch(image, skew) ? undefined : { image: await level(image, skew), skew };
  },
};
