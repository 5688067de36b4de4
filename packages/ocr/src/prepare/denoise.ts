import { fromPixels, toPixels } from "./pixels.ts";
import type { Step } from "./step.ts";

/** The smallest neighbourhood there is: it takes single specks and leaves strokes of two pixels. */
const NEIGHBOURHOOD = 3;

/** Takes out specks, each pixel becoming the median of those around it. Strokes of one pixel go too: never done unasked. */
export const denoise: Step = {
  name: "denoise",
  async apply(image) {
    if (Math.min(image.width, image.height) < NEIGHBOURHOOD) return undefined;
    return { image: { ...(await toPixels(fromPixels(image).median(NEIGHBOURHOOD))), dpi: image.dpi } };
  },
};
