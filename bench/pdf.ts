import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Bench, BenchContext } from "./bench.ts";
import { corpusFolder } from "./corpus/corpus.ts";
import { openCore } from "./ocr-core.ts";
import { positive } from "./options.ts";
import { familyCpuSeconds } from "./platform/processes.ts";
import { barChart } from "./report/bar-chart.ts";
import { median } from "./report/statistics.ts";
import { markdownTable } from "./report/table.ts";
import { repository } from "./repository.ts";

/** CPU is counted in hundredths of a second: the short one is repeated until that does not matter. */
const READINGS = 100;
const LANGUAGES = ["spa"];

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({ args, options: { pages: { type: "string", default: "5" } } });
  const file = join(corpusFolder(), "pdf", "born-digital-es.pdf");
  await using core = await openCore("native", { slots: 1 });
  const { pages: total } = await core.inspect(file, { signal });
  const pages = Math.min(total, positive("pages", values.pages));

  /** CPU milliseconds of reading a page, that of handing the result over included. */
  const cpuOf = async (page: number, textLayer: "auto" | "ignore", times: number): Promise<number> => {
    const wanted = textLayer === "auto" ? "text-layer" : "ocr";
    const before = familyCpuSeconds(process.pid);
    for (let time = 0; time < times; time += 1) {
      const { source } = await core.recognize(file, page, { languages: LANGUAGES, textLayer, signal });
      if (source !== wanted) throw new Error(`Page ${page} was taken from ${source} instead of ${wanted}.`);
    }
    return ((familyCpuSeconds(process.pid) - before) / times) * 1000;
  };

  // Code and models are loaded by the first page.
  await cpuOf(1, "auto", READINGS);
  await cpuOf(1, "ignore", 1);
  const rows: [number, number, number][] = [];
  for (let page = 1; page <= pages; page += 1) {
    rows.push([page, await cpuOf(page, "auto", READINGS), await cpuOf(page, "ignore", 1)]);
  }
  console.log(`${pages} of ${total} pages of a born-digital decree, in milliseconds of CPU\n`);
  console.log(
    markdownTable(
      ["page", "text layer", "OCR", "ratio"],
      rows.map(([page, layer, ocr]) => [String(page), layer.toFixed(1), ocr.toFixed(0), (ocr / layer).toFixed(0)]),
    ),
  );
  await writeFile(
    join(repository, "bench/pdf.svg"),
    barChart({
      title: "How many times the CPU of reading its text layer the OCR of a page takes",
      y: "×",
      series: ["OCR / text layer"],
      groups: rows.map(([page, layer, ocr]) => ({ name: `page ${page}`, values: [ocr / layer] })),
    }),
  );
  const ratio = median(rows.map(([, layer, ocr]) => ocr / layer));
  console.log(
    `\nReading the text layer is ${ratio.toFixed(0)} × cheaper than OCR of the page (median). bench/pdf.svg is drawn.`,
  );
};

/** What a page that says its own text costs, against recognising the same page. */
export const pdf: Bench = {
  usage: "pdf [--pages 5]",
  does: "CPU of reading a born-digital page's text layer against OCR of the same page",
  minutes: 5,
  run,
};
