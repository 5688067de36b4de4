import type { Attempt } from "@lectura/contracts";
import type { GreyImage } from "../engines/engine.ts";
import { isSideways } from "../prepare/find-rotation.ts";
import { type Reading, readPage } from "./read-page.ts";
import { firstWay, needsSecondEngine, RUNGS, type Tools } from "./rungs.ts";

/** A reading counts by its characters, those of words that are less sure than this against it. */
const EVEN_CHANCE = 50;

/** How much was read, and how surely, in lines that lie. */
const worthOf = ({ blocks }: Reading): number =>
  blocks
    .flatMap(({ lines }) => lines.filter((line) => !isSideways(line)).flatMap(({ words }) => words))
    .reduce((sum, { text, confidence }) => sum + text.length * (confidence - EVEN_CHANCE), 0);

const round = (value: number): number => Math.round(value * 100) / 100;

const toAttempt = (reading: Reading, best: Reading, alone: boolean): Attempt => {
  const { engine, why, prepared, confidence, cpuSeconds } = reading;
  const chosen = reading === best;
  const verdict = chosen ? "Chosen: more of it is sure." : "Not chosen: less of it is sure.";
  return {
    engine,
    preprocess: prepared.steps,
    confidence,
    cpu_seconds: round(cpuSeconds),
    chosen,
    reason: alone ? why : `${why} ${verdict}`,
  };
};

/** Says that a page was not read once more, and why. */
const notMade = (engine: string, reason: string): Attempt => ({
  engine,
  preprocess: [],
  confidence: null,
  cpu_seconds: 0,
  chosen: false,
  reason,
});
const NO_SECOND_ENGINE = "Not made: the models of the second engine are not installed (lectura models add ppocr).";

const sumOf = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);

/**
 * Reads a page in ways that cost more and more, as long as it is in doubt, and keeps the best reading. No other way is begun
 * once it could, by the dearest so far, take more than `budget` CPU seconds in all.
 */
export const climb = async (
  decoded: GreyImage,
  why: string,
  { budget, ...tools }: Tools & { budget: number },
): Promise<{ best: Reading; attempts: Attempt[] }> => {
  let best = await readPage(decoded, await firstWay(decoded, tools, why), tools);
  const readings = [best];
  const notes: Attempt[] = [];
  for (const rung of RUNGS) {
    const way = await rung(best, decoded, tools);
    if (!way) continue;
    const costs = readings.map(({ cpuSeconds }) => cpuSeconds);
    if (sumOf(costs) + Math.max(...costs) > budget) {
      notes.push(notMade(way.engine.name, `Not made: it could take the page beyond ${budget} s of CPU. ${way.why}`));
      break;
    }
    const reading = await readPage(decoded, way, tools);
    readings.push(reading);
    if (worthOf(reading) > worthOf(best)) best = reading;
  }
  if (!tools.second && needsSecondEngine(best, tools.languages)) notes.push(notMade("ppocr", NO_SECOND_ENGINE));
  const attempts = readings.map((reading) => toAttempt(reading, best, readings.length === 1));
  return { best, attempts: [...attempts, ...notes] };
};
