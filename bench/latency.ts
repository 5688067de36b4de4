import { parseArgs } from "node:util";
import { readWithProgram, requireTesseract } from "./baseline/tesseract-cli.ts";
import type { Bench, BenchContext } from "./bench.ts";
import { drawBlankImage } from "./blank-image.ts";
import { mixOverClasses, readCorpus } from "./corpus/corpus.ts";
import { positive } from "./options.ts";
import { type Client, createClient } from "./platform/client.ts";
import { startPlatform } from "./platform/platform.ts";
import { median, percentile, sum } from "./report/statistics.ts";
import { markdownTable } from "./report/table.ts";

const ACKNOWLEDGEMENTS = 100;

const timed = async <Result>(work: () => Promise<Result>): Promise<{ result: Result; milliseconds: number }> => {
  const began = performance.now();
  const result = await work();
  return { result, milliseconds: performance.now() - began };
};

/** What one page took: by the bare program, through the platform, and of that in the platform's engine. */
interface Reading {
  bare: number;
  platform: number;
  engine: number;
}

/** Handing in, one at a time; the platform is idle again before the next. */
const acknowledge = async (client: Client, count: number): Promise<number[]> => {
  const bytes = await drawBlankImage();
  const times: number[] = [];
  for (let each = 0; each < count; each += 1) {
    const { result, milliseconds } = await timed(() => client.submit(bytes, "spa"));
    times.push(milliseconds);
    await client.finished(result);
  }
  return times;
};

const row = (name: string, times: readonly number[]): string[] => [
  name,
  String(times.length),
  percentile(times, 0.5).toFixed(0),
  percentile(times, 0.95).toFixed(0),
];

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({
    args,
    options: { pages: { type: "string", default: "20" }, repeats: { type: "string", default: "3" } },
  });
  const pages = mixOverClasses(await readCorpus(), positive("pages", values.pages));
  const repeats = positive("repeats", values.repeats);
  const tesseract = await requireTesseract();
  await using platform = await startPlatform(signal, { LECTURA_ENGINE: "native" });
  const client = createClient(platform, signal);

  for (const page of mixOverClasses(pages, 4)) await client.read(page);
  const readings: Reading[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const page of pages) {
      const { milliseconds: bare } = await timed(() => readWithProgram(tesseract, page, signal));
      const { result: document, milliseconds } = await timed(() => client.read(page));
      const { pages: results } = await client.result(document);
      const engine = sum(results.flatMap(({ timings }) => Object.values(timings)));
      readings.push({ bare, platform: milliseconds, engine });
    }
  }
  await acknowledge(client, 10);
  const acknowledgements = await acknowledge(client, ACKNOWLEDGEMENTS);

  console.log(`${pages.length} one-page documents, ${repeats} times each, one at a time, in milliseconds\n`);
  const column = (of: (reading: Reading) => number): number[] => readings.map(of);
  console.log(
    markdownTable(
      ["", "times", "p50", "p95"],
      [
        row(
          "bare tesseract process",
          column(({ bare }) => bare),
        ),
        row(
          "Lectura, from submitting to final",
          column((reading) => reading.platform),
        ),
        row(
          "of that, outside decoding and recognising",
          column((reading) => reading.platform - reading.engine),
        ),
        row("acknowledgement of a 200 KB image", acknowledgements),
      ],
    ),
  );
  const ratios = column((reading) => reading.platform / reading.bare);
  console.log(`\nLectura × bare process, page by page: median ${median(ratios).toFixed(2)}`);
};

/** How long a one-page document takes on an idle platform, and how long until it is acknowledged. */
export const latency: Bench = {
  usage: "latency [--pages 20] [--repeats 3]",
  does: "p50 and p95 of a one-page document on an idle platform, and of the acknowledgement of a 200 KB image",
  minutes: 20,
  run,
};
