import type { GreyImage } from "../engines/engine.ts";
import { denoise } from "./denoise.ts";
import { deskew } from "./deskew.ts";
import { engineDpi } from "./engine-dpi.ts";
import { factsOf } from "./facts.ts";
import { flatten } from "./flatten.ts";
import { invert } from "./invert.ts";
import { type Rotation, turnBack } from "./rotate.ts";
import { downscale, fit, upscale } from "./scale.ts";
import type { Step, StepName } from "./step.ts";

/** In this order: shadows go before the lines are levelled, because the white corners that come with it are a shadow's end. */
const STEPS: readonly Step[] = [flatten, invert, denoise, deskew, downscale, upscale];

/** What is to be done to a page, as far as it needs it. */
export interface Preparation {
  rotation: Rotation;
  steps: readonly StepName[];
}

/** A page ready for an engine. */
export interface Prepared {
  /** What the engine reads. */
  image: GreyImage;
  /** The page as it is shown, upright and level, in its own resolution: boxes of a result are in these pixels. */
  page: Pick<GreyImage, "width" | "height" | "dpi">;
  /** How much longer the sides of the engine's image are than the page's. */
  scale: number;
  rotation: Rotation;
  skew: number;
  /** The steps that did something, in their order. */
  steps: StepName[];
}

const frameOf = ({ width, height, dpi }: GreyImage): Prepared["page"] => ({ width, height, dpi });

/** Prepares a decoded page. */
export const prepare = async (decoded: GreyImage, { rotation, steps: wanted }: Preparation): Promise<Prepared> => {
  const upright = await turnBack(decoded, rotation);
  const prepared: Prepared = {
    image: upright,
    page: frameOf(upright),
    scale: 1,
    rotation,
    skew: 0,
    steps: rotation === 0 ? [] : ["rotate"],
  };
  let facts = factsOf(upright);
  for (const step of STEPS) {
    const change = wanted.includes(step.name) ? await step.apply(prepared.image, facts) : undefined;
    if (!change) continue;
    facts = factsOf(change.image);
    prepared.image = change.image;
    prepared.steps.push(step.name);
    prepared.skew += change.skew ?? 0;
    prepared.scale *= change.scale ?? 1;
    if (change.scale === undefined) prepared.page = frameOf(change.image);
  }
  const fitted = await fit(prepared.image);
  const measured = wanted.includes("downscale") || wanted.includes("upscale");
  const dpi = engineDpi(prepared.page.dpi, measured ? await facts.letterHeight() : undefined);
  return { ...prepared, image: { ...fitted.image, dpi }, scale: prepared.scale * fitted.scale };
};
