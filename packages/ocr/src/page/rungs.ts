import type { Preprocess } from "@lectura/contracts";
import type { Engine, GreyImage } from "../engines/engine.ts";
import { asPart } from "../prepare/engine-dpi.ts";
import { findRotation, isSideways } from "../prepare/find-rotation.ts";
import { hasWhitePaper } from "../prepare/flatten.ts";
import { areLatin } from "../models/latin-languages.ts";
import type { StepName } from "../prepare/step.ts";
import type { Reading, Way } from "./read-page.ts";
import type { Timed } from "./timings.ts";

/**
 * Below this mean confidence of Tesseract the second engine reads better, on each such page of set a of the corpus; above it
 * about as well, at more than twice the cost. bench/README.md has the figures.
 */
const SECOND_BETTER = 88;
/** Below this a page is worth another reading by the same engine. */
const DOUBTFUL = 75;
/** Below this it may even stand on its head. */
const UNREADABLE = 50;

/** What every page gets, as far as it needs it. */
const USUAL: readonly StepName[] = ["invert", "deskew", "downscale", "upscale"];

/** The steps that a page may get when it is to be prepared so. */
export const possibleSteps = (preprocess: Preprocess): readonly StepName[] => {
  if (preprocess === "auto") return ["rotate", "flatten", ...USUAL];
  return preprocess === "none" ? [] : preprocess;
};

/** What a page is read with. */
export interface Tools {
  engine: Engine;
  /** The one that is asked where the first is in doubt; undefined where its models are not installed. */
  second: Engine | undefined;
  languages: string[];
  preprocess: Preprocess;
  timed: Timed;
}

const isBelow = (limit: number, { confidence }: Reading): boolean => confidence === null || confidence < limit;

const rotationOf = (decoded: GreyImage, { engine, languages, timed }: Tools) =>
  timed("orientation", () => findRotation(decoded, (part) => engine.recognize(asPart(part), languages)));

/** How a page is read first. */
export const firstWay = async (decoded: GreyImage, tools: Tools, why: string): Promise<Way> => {
  const { engine, preprocess } = tools;
  if (preprocess === "auto") return { engine, why, preparation: { rotation: 0, steps: USUAL } };
  if (preprocess === "none") return { engine, why, preparation: { rotation: 0, steps: [] } };
  const rotation = preprocess.includes("rotate") ? await rotationOf(decoded, tools) : 0;
  return { engine, why, preparation: { rotation, steps: preprocess } };
};

/** Looks at the best reading so far and says which way may be better, if any. */
export type Rung = (best: Reading, decoded: GreyImage, tools: Tools) => Promise<Way | undefined>;

/** Whether most lines stand upright, as on a page that lies on its side. */
const liesOnItsSide = ({ blocks }: Reading): boolean => {
  const lines = blocks.flatMap((block) => block.lines);
  return lines.filter(isSideways).length > lines.length / 2;
};

const turned: Rung = async (best, decoded, tools) => {
  if (tools.preprocess !== "auto" || !(isBelow(UNREADABLE, best) || liesOnItsSide(best))) return undefined;
  const rotation = await rotationOf(decoded, tools);
  if (rotation === 0) return undefined;
  const why = `Turned by ${rotation} degrees, as a part of it showed that was tried all four ways.`;
  return { engine: tools.engine, why, preparation: { rotation, steps: USUAL } };
};

const onEvenPaper: Rung = async (best, decoded, { engine, preprocess }) => {
  if (preprocess !== "auto" || !isBelow(DOUBTFUL, best) || (await hasWhitePaper(decoded))) return undefined;
  const { rotation, steps } = best.preparation;
  const why = `Read again with its paper made even, because the confidence was below ${DOUBTFUL}.`;
  return { engine, why, preparation: { rotation, steps: ["flatten", ...steps] } };
};

/** Steps for engines that look at each line in its own size. */
const scaled: readonly StepName[] = ["downscale", "upscale"];

/** Whether a page is read too badly for the first engine alone, and the second one can read it. */
export const needsSecondEngine = (best: Reading, languages: readonly string[]): boolean =>
  isBelow(SECOND_BETTER, best) && areLatin(languages);

const bySecondEngine: Rung = async (best, _, { second, languages }) => {
  if (!second || !needsSecondEngine(best, languages)) return undefined;
  const { rotation, steps } = best.preparation;
  const why = `Read by a second engine, because the confidence was below ${SECOND_BETTER}.`;
  const preparation = { rotation, steps: steps.filter((step) => !scaled.includes(step)) };
  return { engine: second, why, preparation, layout: best.blocks };
};

/** In this order: a page is read upright by both engines; what the second has read well needs no other preparation. */
export const RUNGS: readonly Rung[] = [turned, bySecondEngine, onEvenPaper];
