import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { PageResult } from "@lectura/contracts";
import { findPpocr, toolsDir } from "@lectura/local";
import { unpackPackagedModels } from "./baseline/packaged-models.ts";
import { readWithProgram, requireTesseract } from "./baseline/tesseract-cli.ts";
import { openBareWorker } from "./baseline/tesseract-js.ts";
import type { Bench, BenchContext } from "./bench.ts";
import { type CorpusPage, mixOverClasses, readCorpus } from "./corpus/corpus.ts";
import { characterErrorRate, wordErrorRate, wordF, wordsFound } from "./corpus/metrics.ts";
import { inLanes } from "./in-lanes.ts";
import { openCore } from "./ocr-core.ts";
import { positive } from "./options.ts";
import { barChart } from "./report/bar-chart.ts";
import { mean, sum } from "./report/statistics.ts";
import { markdownTable } from "./report/table.ts";
import { repository } from "./repository.ts";

/** Receipts are read in whatever order their columns suggest: their CER measures that, not the recognition. */
const UNORDERED_CLASS = "receipt";

const CORES = availableParallelism();

type Read = (page: CorpusPage, lane: number) => Promise<string>;

/** What a text is held against its truth by, in percent; `ordered` ones mean something only where the order does. */
const MEASURES = [
  { name: "F", digits: 1, ordered: false, of: wordF },
  { name: "words found", digits: 1, ordered: false, of: wordsFound },
  { name: "CER", digits: 2, ordered: true, of: characterErrorRate },
  { name: "WER", digits: 2, ordered: true, of: wordErrorRate },
] as const;
type Measure = (typeof MEASURES)[number];

/** What each reader has read of a page. */
interface Marks {
  page: CorpusPage;
  truth: string;
  texts: Record<string, string>;
}

/** A page that cannot be read at all counts as one of which nothing was read. */
const readOrNothing = async (read: () => Promise<string>, page: CorpusPage, signal: AbortSignal): Promise<string> => {
  try {
    return await read();
  } catch (error) {
    signal.throwIfAborted();
    console.error(`${page.id}: ${error instanceof Error ? error.message : error}`);
    return "";
  }
};

const mark = async (
  page: CorpusPage,
  readers: Record<string, Read>,
  { lane, signal }: { lane: number; signal: AbortSignal },
): Promise<Marks> => {
  const texts: Record<string, string> = {};
  for (const [name, read] of Object.entries(readers))
    texts[name] = await readOrNothing(async () => read(page, lane), page, signal);
  return { page, truth: await readFile(page.truth, "utf8"), texts };
};

const isOrdered = ({ page }: Marks): boolean => page.ordered && page.class !== UNORDERED_CLASS;

/** The mean of a reader over pages, in percent; undefined where none of them can be measured so. */
const scoreOf = ({ ordered, of }: Measure, marks: readonly Marks[], reader: string): number | undefined => {
  const values = marks
    .filter((each) => !ordered || isOrdered(each))
    .map(({ truth, texts }) => of(truth, texts[reader] ?? ""));
  return values.length === 0 ? undefined : 100 * mean(values);
};

/** Pages by class and set, and all of each set. */
const groupsOf = (marks: readonly Marks[]): { title: [string, string]; group: Marks[] }[] => {
  const classes = [...Map.groupBy(marks, ({ page }) => `${page.set} ${page.class}`)].toSorted(([one], [other]) =>
    one.localeCompare(other),
  );
  const all = (set: string, among: (page: CorpusPage) => boolean) => ({
    title: ["**all**", set] as [string, string],
    group: marks.filter(({ page }) => among(page)),
  });
  return [
    ...classes.map(([name, group]) => {
      const [set = "", title = ""] = name.split(" ");
      return { title: [title, set] as [string, string], group };
    }),
    all("a", ({ set }) => set === "a"),
    all("b", ({ set }) => set === "b"),
    all("a, b", () => true),
  ].filter(({ group }) => group.length > 0);
};

const table = (measure: Measure, marks: readonly Marks[], readers: readonly string[]): string =>
  markdownTable(
    [measure.name, "set", "pages", ...readers],
    groupsOf(marks).map(({ title, group }) => [
      ...title,
      String(group.length),
      ...readers.map((reader) => scoreOf(measure, group, reader)?.toFixed(measure.digits) ?? "–"),
    ]),
  );

const chart = (marks: readonly Marks[], readers: readonly string[]): string => {
  const [f] = MEASURES;
  return barChart({
    title: `F of the words by class, over ${marks.length} pages`,
    y: "%",
    series: readers,
    groups: [...Map.groupBy(marks, ({ page }) => page.class)].map(([name, group]) => ({
      name,
      values: readers.map((reader) => scoreOf(f, group, reader) ?? 0),
    })),
  });
};

const cpuOf = (attempts: PageResult["attempts"]): number => sum(attempts.map(({ cpu_seconds }) => cpu_seconds));

/** What the readings beyond a page's first have cost. */
const createLadderCosts = () => {
  const pages: PageResult["attempts"][] = [];
  return {
    note: (attempts: PageResult["attempts"]) => void pages.push(attempts),
    summary: (): string => {
      const ratio = sum(pages.map(cpuOf)) / sum(pages.map((attempts) => cpuOf(attempts.slice(0, 1))));
      const asked = pages.filter((attempts) =>
        attempts.some(({ engine, cpu_seconds }) => engine === "ppocr" && cpu_seconds > 0),
      );
      return `With the second engine, asked on ${asked.length} of ${pages.length} pages, all readings take ${ratio.toFixed(2)} × the CPU of the first ones.`;
    },
  };
};

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({
    args,
    options: { pages: { type: "string", default: "95" }, dpi: { type: "string" } },
  });
  const dpi = values.dpi === undefined ? undefined : positive("dpi", values.dpi);
  const pages = mixOverClasses(await readCorpus(), positive("pages", values.pages));
  const tesseract = await requireTesseract();
  await using models = await unpackPackagedModels();
  await using stack = new AsyncDisposableStack();
  await using native = await openCore("native");
  const workers = await Promise.all(
    Array.from({ length: CORES }, async () => stack.use(await openBareWorker(models.folder, ["eng", "spa"]))),
  );
  const ppocr = findPpocr(toolsDir);
  if (!ppocr) console.error("Without the second engine: npx -y pnpm@12 lectura models add ppocr");
  const both = ppocr && stack.use(await openCore("native", { ppocr }));
  const ladder = createLadderCosts();
  const byCore =
    (core: typeof native, note?: (attempts: PageResult["attempts"]) => void): Read =>
    async ({ image, lang }) => {
      const { text, attempts } = await core.recognize(image, 1, { languages: [lang], textLayer: "auto", signal });
      note?.(attempts);
      return text;
    };
  const readers: Record<string, Read> = {
    CLI: (page) => readWithProgram(tesseract, page, signal),
    "tesseract.js": async (page, lane) => (await workers[lane]?.read(page)) ?? "",
    ...(dpi !== undefined && {
      [`CLI --dpi ${dpi}`]: (page: CorpusPage) => readWithProgram(tesseract, page, signal, dpi),
    }),
    native: byCore(native),
    ...(both && { "native + PP-OCRv6": byCore(both, ladder.note) }),
  };

  const marks: Marks[] = [];
  await inLanes(CORES, pages, async (page, lane) => {
    marks.push(await mark(page, readers, { lane, signal }));
    if (marks.length % 10 === 0) console.error(`${marks.length} of ${pages.length} pages`);
  });
  const names = Object.keys(readers);
  console.log(
    "In percent, mean over pages: F of the bag of words and the share of words found, higher is better; character",
  );
  console.log("and word error rate, lower is better.");
  for (const measure of MEASURES) console.log(`\n${table(measure, marks, names)}`);
  await writeFile(join(repository, "bench/accuracy.svg"), chart(marks, names));
  console.log("\nF by class is drawn in bench/accuracy.svg.");
  if (both) console.log(`\n${ladder.summary()}`);
};

/** How well pages are read, by class of the corpus, against the bare program on the same page. */
export const accuracy: Bench = {
  usage: "accuracy [--pages 95] [--dpi N]",
  does: "F, words found, character and word error rates by class, without and with the second engine, against the bare tesseract program (--dpi: and told that) and bare tesseract.js",
  minutes: 60,
  run,
};
