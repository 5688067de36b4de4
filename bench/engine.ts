import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findPpocr, toolsDir } from "@lectura/local";
import type { Bench, BenchContext } from "./bench.ts";
import { mixOverClasses, readCorpus } from "./corpus/corpus.ts";
import { byCore, openCore } from "./ocr-core.ts";
import { positive } from "./options.ts";
import { familyMemory } from "./platform/processes.ts";
import { bareProcesses, lapTable, race } from "./race.ts";
import { barChart } from "./report/bar-chart.ts";
import { median } from "./report/statistics.ts";
import { repository } from "./repository.ts";

const CORES = availableParallelism();
const MEGA = 1e6;

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({
    args,
    options: { pages: { type: "string", default: "20" }, rounds: { type: "string", default: "5" } },
  });
  const pages = mixOverClasses(await readCorpus(), positive("pages", values.pages));
  const ppocr = findPpocr(toolsDir);
  if (!ppocr) console.error("Without the second engine: npx -y pnpm@12 lectura models add ppocr");
  await using core = await openCore("native");
  const contenders = [await bareProcesses(CORES, signal), byCore("OCR core", core, signal)];
  await using stack = new AsyncDisposableStack();
  if (ppocr) {
    const both = stack.use(await openCore("native", { ppocr }));
    contenders.push(byCore("OCR core with PP-OCRv6", both, signal));
  }
  // Models are loaded with the first page of a language: nobody is measured while it warms up.
  for (const { run: warmUp } of contenders) await warmUp(pages);
  const laps = await race(contenders, pages, positive("rounds", values.rounds));
  console.log(`${pages.length} pages; median (lowest–highest) of ${laps[0]?.length ?? 0} rounds\n`);
  console.log(lapTable(contenders, laps));
  await writeFile(
    join(repository, "bench/engine.svg"),
    barChart({
      title: `Pages per minute on ${CORES} cores, ${pages.length} pages, median of ${laps[0]?.length ?? 0} rounds`,
      y: "pages/min",
      series: ["pages a minute"],
      groups: contenders.map(({ name }, at) => ({
        name,
        values: [median((laps[at] ?? []).map(({ pagesPerMinute }) => pagesPerMinute))],
      })),
    }),
  );
  console.log(
    `\nAll OCR processes together hold ${(familyMemory(process.pid) / MEGA).toFixed(0)} MB at the end. bench/engine.svg is drawn.`,
  );
};

/** Pages per minute of the OCR core alone, every preparation on, against the bare program on the same pages. */
export const engine: Bench = {
  usage: "engine [--pages 20] [--rounds 5]",
  does: "pages per minute and CPU of the OCR core alone, without and with its second engine, against one bare process a core",
  minutes: 30,
  run,
};
