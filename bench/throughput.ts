import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { unpackPackagedModels } from "./baseline/packaged-models.ts";
import { readWithProgram, requireTesseract } from "./baseline/tesseract-cli.ts";
import { type BareWorker, openBareWorker } from "./baseline/tesseract-js.ts";
import type { Bench, BenchContext } from "./bench.ts";
import { type CorpusPage, mixOverClasses, readCorpus } from "./corpus/corpus.ts";
import { inLanes } from "./in-lanes.ts";
import { engineOption, positive } from "./options.ts";
import { createClient } from "./platform/client.ts";
import { type Platform, startPlatform } from "./platform/platform.ts";
import { familyCpuSeconds, ownCpuSeconds } from "./platform/processes.ts";
import { spread } from "./report/statistics.ts";
import { markdownTable } from "./report/table.ts";

const CORES = availableParallelism();
/** Pages that the client has handed in at once: enough that no slot ever waits for the next upload. */
const IN_FLIGHT = 4 * CORES;

/** One way to get all pages read. */
interface Contender {
  name: string;
  run(pages: readonly CorpusPage[]): Promise<void>;
  /** CPU of everything that takes part, the load generator too. */
  cpuSeconds(): number;
}

interface Lap {
  pagesPerMinute: number;
  cpuPerPage: number;
}

const bareProcesses = async (signal: AbortSignal): Promise<Contender> => {
  const tesseract = await requireTesseract();
  return {
    name: `${CORES} tesseract processes`,
    run: (pages) => inLanes(CORES, pages, async (page) => void (await readWithProgram(tesseract, page, signal))),
    cpuSeconds: ownCpuSeconds,
  };
};

const bareWorkers = (workers: readonly BareWorker[], signal: AbortSignal): Contender => ({
  name: `${CORES} tesseract.js workers`,
  run: (pages) =>
    inLanes(CORES, pages, async (page, lane) => {
      signal.throwIfAborted();
      await workers[lane]?.read(page);
    }),
  cpuSeconds: ownCpuSeconds,
});

const throughPlatform = (platform: Platform, signal: AbortSignal): Contender => {
  const client = createClient(platform, signal);
  return {
    name: "Lectura",
    run: (pages) => inLanes(IN_FLIGHT, pages, async (page) => void (await client.text(await client.read(page)))),
    cpuSeconds: () => ownCpuSeconds() + familyCpuSeconds(platform.pid),
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
const race = async (
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

const report = (contenders: readonly Contender[], laps: readonly Lap[][]): string => {
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

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({
    args,
    options: {
      pages: { type: "string", default: "20" },
      rounds: { type: "string", default: "5" },
      engine: { type: "string", default: "native" },
    },
  });
  const engine = engineOption(values.engine);
  const pages = mixOverClasses(await readCorpus(), positive("pages", values.pages));
  await using stack = new AsyncDisposableStack();
  const contenders: Contender[] = [await bareProcesses(signal)];
  const env: NodeJS.ProcessEnv = { LECTURA_ENGINE: engine };
  if (engine === "tesseract.js") {
    const { folder } = stack.use(await unpackPackagedModels());
    env["LECTURA_TESSDATA"] = folder;
    const workers: BareWorker[] = [];
    while (workers.length < CORES) workers.push(stack.use(await openBareWorker(folder, ["eng", "spa"])));
    contenders.unshift(bareWorkers(workers, signal));
  }
  const platform = stack.use(await startPlatform(signal, env));
  contenders.splice(1, 0, throughPlatform(platform, signal));
  // Models are loaded with the first page of a language: neither side is measured while it warms up.
  for (const { run: warmUp } of contenders) await warmUp(mixOverClasses(pages, 2 * CORES));
  const laps = await race(contenders, pages, positive("rounds", values.rounds));
  console.log(`${pages.length} pages, engine ${engine}; median (lowest–highest) of ${laps[0]?.length ?? 0} rounds\n`);
  console.log(report(contenders, laps));
};

/** Pages per minute through the whole platform, against as many bare engines as there are cores. */
export const throughput: Bench = {
  usage: "throughput [--engine native|tesseract.js] [--pages 20] [--rounds 5]",
  does: "pages per minute through the whole platform, against one bare engine a core on the same pages",
  minutes: 30,
  run,
};
