import type { GreyImage } from "../engines/engine.ts";
import { fromPixels, toPixels } from "./pixels.ts";
import type { Step } from "./step.ts";

/** Letters that are higher cost the engines time for nothing; brought to this height half of it. */
const TALL = { from: 30, to: 24 };
/** Letters that are lower lack the pixels that the models were trained with. */
const SMALL = { from: 14, to: 21 };
/** More pixels than this are not made of a page, whatever its letters. */
const LARGEST = 16_000_000;
const MOST = 3;
/** Tesseract counts pixels of a side in 16 bits and refuses an image that is longer (image size, ccmain/thresholder.cpp). */
const LONGEST_SIDE = 32_767;

const resize = async (image: GreyImage, scale: number): Promise<{ image: GreyImage; scale: number }> => {
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * scale)));
  const scaled = await toPixels(fromPixels(image).resize(width, height, { fit: "fill" }));
  return { image: { ...scaled, dpi: Math.round(image.dpi * scale) }, scale };
};

/** Brings tall letters down to the height that the models were trained with. */
export const downscale: Step = {
  name: "downscale",
  async apply(image, { letterHeight }) {
    const height = await letterHeight();
    return height !== undefined && height > TALL.from ? resize(image, TALL.to / height) : undefined;
  },
};

/** Brings small letters up, as far as the page does not become too large. */
export const upscale: Step = {
  name: "upscale",
  async apply(image, { letterHeight }) {
    const height = await letterHeight();
    if (height === undefined || height >= SMALL.from) return undefined;
    const scale = Math.min(MOST, SMALL.to / height, Math.sqrt(LARGEST / (image.width * image.height)));
    return scale > 1 ? resize(image, scale) : undefined;
  },
};

/** Brings a strip that is longer than engines take down to what they do; every other image is as it was. */
export const fit = async (image: GreyImage): Promise<{ image: GreyImage; scale: number }> => {
  const longest = Math.max(image.width, image.height);
  return longest > LONGEST_SIDE ? resize(image, LONGEST_SIDE / longest) : { image, scale: 1 };
};
