import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ProblemError } from "@lectura/contracts";
import { findPpocr, toolsDir } from "@lectura/local";
import type { Ocr } from "@lectura/ocr";
import type { Bench, BenchContext } from "./bench.ts";
import { corpusFolder, mixOverClasses, readCorpus } from "./corpus/corpus.ts";
import { inLanes } from "./in-lanes.ts";
import { openCore } from "./ocr-core.ts";
import { positive } from "./options.ts";
import { familyMemory } from "./platform/processes.ts";
import { lineChart } from "./report/line-chart.ts";
import { median } from "./report/statistics.ts";
import { repository } from "./repository.ts";

const MEGA = 1e6;
/** PDFs among the images: drawn text, a scan, grey of few bits, colours for print, and one that is turned. */
const PDFS = ["born-digital-es.pdf", "scan-14-pages-es.pdf", "jbig2.pdf", "cmyk.pdf", "rotated_skew.pdf"];

interface Page {
  path: string;
  page: number;
  language: string;
}

/** Every image of the corpus and every page of some PDFs, in turn. */
const mixedPages = async (core: Ocr, signal: AbortSignal): Promise<Page[]> => {
  const corpus = await readCorpus();
  const images = mixOverClasses(corpus, corpus.length).map(({ image, lang }) => ({
    path: image,
    page: 1,
    language: lang,
  }));
  const pages: Page[] = [];
  for (const name of PDFS) {
    const path = join(corpusFolder(), "pdf", name);
    const { pages: count } = await core.inspect(path, { signal });
    for (let page = 1; page <= count; page += 1) pages.push({ path, page, language: "spa" });
  }
  const every = Math.max(1, Math.floor(images.length / pages.length));
  return images.flatMap((image, index) => [image, ...(index % every === 0 ? pages.splice(0, 1) : [])]);
};

function* over(pages: readonly Page[], count: number): Generator<Page> {
  for (let index = 0; index < count; index += 1) {
    const page = pages[index % pages.length];
    if (page) yield page;
  }
}

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({ args, options: { pages: { type: "string", default: "2000" } } });
  const count = positive("pages", values.pages);
  const ppocr = findPpocr(toolsDir);
  await using core = await openCore("native", ppocr ? { ppocr } : {});
  const pages = await mixedPages(core, signal);
  const points: [number, number][] = [];
  let failed = 0;
  await inLanes(availableParallelism(), over(pages, count), async ({ path, page, language }) => {
    try {
      await core.recognize(path, page, { languages: [language], textLayer: "auto", signal });
    } catch (error) {
      // A page that took too long, as on a busy machine, is one of the pages all the same.
      if (!(error instanceof ProblemError)) throw error;
      failed += 1;
    }
    points.push([points.length + 1, familyMemory(process.pid) / MEGA]);
    if (points.length % 100 === 0) console.error(`${points.length} of ${count} pages`);
  });

  const held = points.map(([, megabytes]) => megabytes);
  const quarter = Math.ceil(count / 4);
  const [second, last] = [median(held.slice(quarter, 2 * quarter)), median(held.slice(-quarter))];
  const chart = join(repository, "bench/memory.svg");
  const title = `Memory of the OCR core over ${count} mixed pages, ${availableParallelism()} at once`;
  await writeFile(chart, lineChart({ title, x: "pages", y: "MB", points }));
  console.log(
    `${count} pages, ${pages.length} different ones, ${failed} not read, ${ppocr ? "with" : "without"} the second engine`,
  );
  console.log(
    `Held by all processes: ${second.toFixed(0)} MB in the second quarter, ${last.toFixed(0)} MB in the last (${(last / second).toFixed(2)} ×), ${Math.max(...held).toFixed(0)} MB at most. The curve is in bench/memory.svg.`,
  );
};

/** Whether memory grows with the pages that were read. */
export const memory: Bench = {
  usage: "memory [--pages 2000]",
  does: "memory of the OCR core's processes over many mixed pages, images and PDFs, drawn as bench/memory.svg",
  minutes: 240,
  run,
};
