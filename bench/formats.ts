import { createWriteStream } from "node:fs";
import { mkdtempDisposable, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import type { PageResult } from "@lectura/contracts";
import { writeAlto, writeHocr, writeMarkdown, writeText, writeTsv } from "@lectura/ocr";
import type { Bench, BenchContext } from "./bench.ts";
import { openCore } from "./ocr-core.ts";
import { positive } from "./options.ts";
import { familyMemory } from "./platform/processes.ts";
import { markdownTable } from "./report/table.ts";
import { repository } from "./repository.ts";

const SAMPLE_MS = 50;
const MEGABYTE = 1_000_000;
/** The short document, that a long one's memory is compared with. */
const SHORT = 50;
const LANGUAGES = ["spa"];

interface Measured {
  seconds: number;
  /** Most memory of this process and its children at once. */
  peak: number;
}

const measure = async (work: () => Promise<unknown>): Promise<Measured> => {
  let peak = 0;
  const sample = (): void => {
    peak = Math.max(peak, familyMemory(process.pid));
  };
  const timer = setInterval(sample, SAMPLE_MS);
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  sample();
  clearInterval(timer);
  return { seconds, peak };
};

const textWriters: Record<string, (pages: AsyncIterable<PageResult>) => AsyncIterable<string>> = {
  text: writeText,
  markdown: writeMarkdown,
  hocr: (pages) => writeHocr(pages, { title: "a", system: "bench", languages: LANGUAGES }),
  alto: (pages) => writeAlto(pages, { title: "a", engine: "bench", engineVersion: "1" }),
  tsv: writeTsv,
};

/** The same page over and over. */
async function* pages(count: number, result: PageResult): AsyncGenerator<PageResult> {
  for (let number = 1; number <= count; number += 1) yield { ...result, number };
}

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({ args, options: { pages: { type: "string", default: "2000" } } });
  const long = positive("pages", values.pages);
  await using folder = await mkdtempDisposable(join(tmpdir(), "lectura-bench-formats-"));
  await using core = await openCore("native", { slots: 1 });
  const photograph = join(repository, "samples/recibo.jpg");
  const letter = join(repository, "samples/carta.png");
  const words = await core.recognize(letter, 1, { languages: LANGUAGES, textLayer: "auto", signal });
  const picture = await core.recognize(photograph, 1, { languages: LANGUAGES, textLayer: "auto", signal });

  const scan = (count: number): string => join(folder.path, `scan-${count}.pdf`);
  const writers: [name: string, write: (count: number, target: string) => Promise<void>][] = [
    ...Object.entries(textWriters).map(([name, write]): [string, (count: number, target: string) => Promise<void>] => [
      name,
      async (count, target) => pipeline(Readable.from(write(pages(count, words))), createWriteStream(target)),
    ]),
    ["pdf of images", async (count) => core.writePdf(photograph, pages(count, picture), scan(count), { signal })],
    ["pdf of that pdf", async (count, target) => core.writePdf(scan(count), pages(count, picture), target, { signal })],
  ];

  const rows: string[][] = [];
  for (const [name, write] of writers) {
    const target = join(folder.path, "target");
    const short = await measure(async () => write(SHORT, target));
    const whole = await measure(async () => write(long, target));
    const { size } = await stat(name === "pdf of images" ? scan(long) : target);
    const megabytes = [size, short.peak, whole.peak].map((bytes) => (bytes / MEGABYTE).toFixed(0));
    rows.push([name, whole.seconds.toFixed(1), ...megabytes, (whole.peak / short.peak).toFixed(2)]);
  }
  console.log(`A result of ${long} pages in each format; memory of the process with its OCR process, at its peak\n`);
  const head = ["format", "s", "MB written", `peak MB, ${SHORT} pages`, `peak MB, ${long} pages`, "ratio"];
  console.log(markdownTable(head, rows));
};

/** What writing a long result takes; its memory must not grow with the pages. */
export const formats: Bench = {
  usage: "formats [--pages 2000]",
  does: "time and memory of writing a long result in each format, against a short one",
  minutes: 15,
  run,
};
