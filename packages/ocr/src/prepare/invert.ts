import { findLetters } from "./letters.ts";
import { fromPixels, toPixels } from "./pixels.ts";
import type { Step } from "./step.ts";

/** Share of dark pixels beyond which they are the ground that is written on, not the ink. */
const MOSTLY = 0.6;
/** Fewer letters than these are none. */
const ENOUGH = 20;

/**
 * Makes light text on a dark ground dark on light. The engines try lines inverted by themselves, each at the cost of another
 * reading, and take a dark page for one picture.
 */
export const invert: Step = {
  name: "invert",
  async apply(image, { ink }) {
    if ((await ink()).share <= MOSTLY) return undefined;
    const negative = { ...(await toPixels(fromPixels(image).negate())), dpi: image.dpi };
    // Dark paper with a white rim is mostly dark as well, but has its letters where they are.
    const [asItIs, inverted] = [await findLetters(image), await findLetters(negative)];
    return inverted.letters.length > Math.max(ENOUGH, asItIs.letters.length) ? { image: negative } : undefined;
  },
};
