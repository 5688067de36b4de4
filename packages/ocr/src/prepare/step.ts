import type { GreyImage } from "../engines/engine.ts";
import type { Facts } from "./facts.ts";

/** What can be done to a page before it is recognised, by the name that the result says. */
export type StepName = "rotate" | "flatten" | "invert" | "denoise" | "deskew" | "downscale" | "upscale";

/** What a step made of an image, and how its pixels lie to those it was given. */
export interface Change {
  image: GreyImage;
  /** Clockwise degrees that were taken out. */
  skew?: number;
  /** How much longer its sides are now: what the engine sees, not the page. */
  scale?: number;
}

/** One thing that is done to a page before it is recognised. */
export interface Step {
  readonly name: StepName;
  /** Undefined where there is nothing to do: then the page goes on as it is, and the step is not named in the result. */
  apply(image: GreyImage, facts: Facts): Promise<Change | undefined>;
}
