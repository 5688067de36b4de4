import { readWithProgram, requireTesseract } from "./baseline/tesseract-cli.ts";
import type { CorpusPage } from "./corpus/corpus.ts";
import { inLanes } from "./in-lanes.ts";
import { ownCpuSeconds } from "./platform/processes.ts";
import { spread } from "./report/statistics.ts";
import { markdownTable } from "./report/table.ts";

/** One way to get all pages read. */
export interface Contender {
  name: string;
  run(pages: readonly CorpusPage[]): Promise<void>;
  /** CPU of everything that takes part, the load generator too. */
  cpuSeconds(): number;
}

export interface Lap {
  pagesPerMinute: number;
  cpuPerPage: number;
}

/** One bare `tesseract` process a lane, one thread each. */
export const bareProcesses = async (lanes: number, signal: AbortSignal): Promise<Contender> => {
  const tesseract = await requireTesseract();
  return {
    name: `${lanes} tesseract processes`,
    run: (pages) => inLanes(lanes, pages, async (page) => void (await readWithProgram(tesseract, page, signal))),
    cpuSeconds: ownCpuSeconds,
  };
};

const drive = async ({ run, cpuSeconds }: Contender, pages: readonly CorpusPage[]): Promise<Lap> => {
  const cpuBefore = cpuSeconds();
  const began = performance.now();
  await run(pages);
  const minutes = (performance.now() - began) / 60_000;
  return { pagesPerMinute: pages.length / minutes, cpuPerPage: (cpuSeconds() - cpuBefore) / pages.length };
};

/** Rounds of all contenders in turn, the order rotating, so that a machine that slows down slows all of them. */
export const race = async (
  contenders: readonly Contender[],
  pages: readonly CorpusPage[],
  rounds: number,
): Promise<Lap[][]> => {
  const laps: Lap[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const at = (round + turn) % contenders.length;
      const contender = contenders[at];
      if (!contender) continue;
      const lap = await drive(contender, pages);
      laps[at]?.push(lap);
      console.error(`round ${round + 1}: ${contender.name} ${lap.pagesPerMinute.toFixed(1)} pages/min`);
    }
  }
  return laps;
};

/** Speed and cost of each contender, and as ratios against the first in the same round. */
export const lapTable = (contenders: readonly Contender[], laps: readonly Lap[][]): string => {
  const ratios = (own: Lap[], other: Lap[], of: keyof Lap): string =>
    spread(
      own.map((lap, round) => lap[of] / (other[round]?.[of] ?? Number.NaN)),
      2,
    );
  const [first = []] = laps;
  return markdownTable(
    ["", "pages/min", "× first", "CPU s/page", "× first"],
    contenders.map(({ name }, at) => {
      const own = laps[at] ?? [];
      return [
        name,
        spread(
          own.map((lap) => lap.pagesPerMinute),
          1,
        ),
        ratios(own, first, "pagesPerMinute"),
        spread(
          own.map((lap) => lap.cpuPerPage),
          2,
        ),
        ratios(own, first, "cpuPerPage"),
      ];
    }),
  );
};
