import { setTimeout as pause } from "node:timers/promises";
import { createJournal, type Journal } from "./journal.ts";
import { startLoad } from "./load.ts";
import { createRandom, type Random } from "./random.ts";
import { setStage, type Stage } from "./stage.ts";
import { troublesOf } from "./troubles.ts";
import { judge } from "./verdict.ts";

export interface ChaosOptions {
  seed: number;
  /** For how long there is load and trouble. */
  seconds: number;
  say(line: string): void;
  /** Ends it in the middle. */
  signal: AbortSignal;
}

/** Strikes until it is enough and each trouble has struck, each once before any comes again; they overlap. */
const makeTrouble = async (
  stage: Stage,
  journal: Journal,
  random: Random,
  { enough, over }: { enough: AbortSignal; over: AbortSignal },
): Promise<void> => {
  const troubles = troublesOf(stage);
  const striking: Promise<void>[] = [];
  const strike = async (name: string, work: (random: Random) => Promise<boolean>): Promise<void> => {
    journal.note(name);
    try {
      if (await work(random.branch(`${name} ${striking.length}`))) journal.count(name);
      else journal.note(`${name}: nothing was there to strike`);
    } catch (error) {
      journal.complain(`chaos itself could not ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  // The first round is ended by nothing but the end of all.
  for (let ends = over; !enough.aborted; ends = enough) {
    for (const { name, strike: work } of random.shuffled(troubles)) {
      await pause(random.between(500, 4500), undefined, { signal: ends }).catch(() => {});
      if (ends.aborted) break;
      striking.push(strike(name, work));
    }
  }
  await Promise.all(striking);
};

/**
 * Runs a platform under load and trouble, then waits until all is over and judges. The journal has what happened, what
 * was counted, and every promise that was broken.
 */
export const runChaos = async ({ seed, seconds, say, signal }: ChaosOptions): Promise<Journal> => {
  const random = createRandom(seed);
  const journal = createJournal(say);
  const stage = await setStage({ random, journal, over: signal });
  try {
    const enough = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
    const load = startLoad({ stage, journal, enough, over: signal }, random.branch("load"));
    await Promise.all([load, makeTrouble(stage, journal, random.branch("trouble"), { enough, over: signal })]);
    journal.note("no more trouble: what was handed in comes to its end");
    await judge({ stage, journal, over: signal });
    return journal;
  } finally {
    await stage.clear();
  }
};
