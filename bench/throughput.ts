import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { unpackPackagedModels } from "./baseline/packaged-models.ts";
import { type BareWorker, openBareWorker } from "./baseline/tesseract-js.ts";
import type { Bench, BenchContext } from "./bench.ts";
import { mixOverClasses, readCorpus } from "./corpus/corpus.ts";
import { inLanes } from "./in-lanes.ts";
import { byCore, openCore } from "./ocr-core.ts";
import { engineOption, positive } from "./options.ts";
import { createClient } from "./platform/client.ts";
import { type Platform, startPlatform } from "./platform/platform.ts";
import { familyCpuSeconds, ownCpuSeconds } from "./platform/processes.ts";
import { bareProcesses, type Contender, lapTable, race } from "./race.ts";
import { spread } from "./report/statistics.ts";

const CORES = availableParallelism();
/** Pages that the client has handed in at once: enough that no slot ever waits for the next upload. */
const IN_FLIGHT = 4 * CORES;

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
  const contenders: Contender[] = [await bareProcesses(CORES, signal)];
  // The bare programs have no second engine either.
  const env: NodeJS.ProcessEnv = { LECTURA_ENGINE: engine, LECTURA_PPOCR: "" };
  if (engine === "tesseract.js") {
    const { folder } = stack.use(await unpackPackagedModels());
    env["LECTURA_TESSDATA"] = folder;
    const workers: BareWorker[] = [];
    while (workers.length < CORES) workers.push(stack.use(await openBareWorker(folder, ["eng", "spa"])));
    contenders.unshift(bareWorkers(workers, signal));
  }
  const core = stack.use(await openCore(engine, { models: env["LECTURA_TESSDATA"] }));
  const platform = stack.use(await startPlatform(signal, env));
  contenders.splice(1, 0, throughPlatform(platform, signal), byCore("its OCR core in a loop", core, signal));
  // Models are loaded with the first page of a language, and services compile what they do often: neither side is measured
  // while it warms up.
  for (const { run: warmUp } of contenders) await warmUp(pages);
  const laps = await race(contenders, pages, positive("rounds", values.rounds));
  console.log(`${pages.length} pages, engine ${engine}; median (lowest–highest) of ${laps[0]?.length ?? 0} rounds\n`);
  console.log(lapTable(contenders, laps));
  const [, through = [], alone = []] = laps;
  const speed = through.map((lap, round) => lap.pagesPerMinute / (alone[round]?.pagesPerMinute ?? Number.NaN));
  console.log(`\nLectura reads ${spread(speed, 2)} × the pages that its core reads in a loop.`);
};

/** Pages per minute through the whole platform, against as many bare engines as there are cores. */
export const throughput: Bench = {
  usage: "throughput [--engine native|tesseract.js] [--pages 20] [--rounds 5]",
  does: "pages per minute through the whole platform, against one bare engine a core, and against its own core in a loop",
  minutes: 30,
  run,
};
