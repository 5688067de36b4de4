import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { PageResult } from "@lectura/contracts";
import { findPpocr, toolsDir } from "@lectura/local";
import { unpackPackagedModels } from "./baseline/packaged-models.ts";
import { readWithProgram, requireTesseract } from "./baseline/tesseract-cli.ts";
import type { Bench, BenchContext } from "./bench.ts";
import { type CorpusPage, mixOverClasses, readCorpus } from "./corpus/corpus.ts";
import { characterErrorRate, wordF } from "./corpus/metrics.ts";
import { inLanes } from "./in-lanes.ts";
import { openCore } from "./ocr-core.ts";
import { positive } from "./options.ts";
import { mean, sum } from "./report/statistics.ts";
import { markdownTable } from "./report/table.ts";

/** Receipts are read in whatever order their columns suggest: their CER measures that, not the recognition. */
const UNORDERED_CLASS = "receipt";

type Read = (page: CorpusPage) => Promise<string>;

/** One page's marks by reader: F and, where the order means something, CER; both 0 to 1. */
interface Marks {
  page: CorpusPage;
  f: Record<string, number>;
  cer: Record<string, number> | undefined;
}

/** A page that cannot be read at all counts as one of which nothing was read. */
const readOrNothing = async (read: Read, page: CorpusPage, signal: AbortSignal): Promise<string> => {
  try {
    return await read(page);
  } catch (error) {
    signal.throwIfAborted();
    console.error(`${page.id}: ${error instanceof Error ? error.message : error}`);
    return "";
  }
};

const mark = async (page: CorpusPage, readers: Record<string, Read>, signal: AbortSignal): Promise<Marks> => {
  const truth = await readFile(page.truth, "utf8");
  const f: Record<string, number> = {};
  const cer: Record<string, number> = {};
  for (const [name, read] of Object.entries(readers)) {
    const text = await readOrNothing(read, page, signal);
    f[name] = wordF(truth, text);
    cer[name] = characterErrorRate(truth, text);
  }
  return { page, f, cer: page.ordered && page.class !== UNORDERED_CLASS ? cer : undefined };
};

const percent = (values: readonly number[], digits: number): string =>
  values.length === 0 ? "–" : (100 * mean(values)).toFixed(digits);

const row = (title: string[], marks: readonly Marks[], names: readonly string[]): string[] => [
  ...title,
  String(marks.length),
  ...names.map((name) =>
    percent(
      marks.map(({ f }) => f[name] ?? 0),
      1,
    ),
  ),
  ...names.map((name) =>
    percent(
      marks.flatMap(({ cer }) => (cer ? [cer[name] ?? 1] : [])),
      2,
    ),
  ),
];

const report = (marks: readonly Marks[], names: readonly string[]): string => {
  const groups = Map.groupBy(marks, ({ page }) => `${page.class} ${page.set}`);
  const rows = [...groups.values()]
    .flatMap((group) => (group[0] ? [{ first: group[0].page, group }] : []))
    .toSorted(
      (one, other) => one.first.set.localeCompare(other.first.set) || one.first.class.localeCompare(other.first.class),
    )
    .map(({ first, group }) => row([first.class, first.set], group, names));
  const totals = ["a", "b"].map((set) => ({ set, group: marks.filter(({ page }) => page.set === set) }));
  return markdownTable(
    ["class", "set", "pages", ...names.map((name) => `F ${name}`), ...names.map((name) => `CER ${name}`)],
    [
      ...rows,
      ...totals.filter(({ group }) => group.length > 0).map(({ set, group }) => row(["**all**", set], group, names)),
      row(["**all**", "a, b"], marks, names),
    ],
  );
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
  await using native = await openCore("native");
  await using compiled = await openCore("tesseract.js", { models: models.folder });
  const ppocr = findPpocr(toolsDir);
  if (!ppocr) console.error("Without the second engine: npx -y pnpm@12 lectura models add ppocr");
  await using stack = new AsyncDisposableStack();
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
    ...(dpi !== undefined && {
      [`CLI --dpi ${dpi}`]: (page: CorpusPage) => readWithProgram(tesseract, page, signal, dpi),
    }),
    native: byCore(native),
    ...(both && { "native + PP-OCRv6": byCore(both, ladder.note) }),
    "tesseract.js": byCore(compiled),
  };

  const marks: Marks[] = [];
  await inLanes(availableParallelism(), pages, async (page) => {
    marks.push(await mark(page, readers, signal));
    if (marks.length % 10 === 0) console.error(`${marks.length} of ${pages.length} pages`);
  });
  console.log("F of the bag of words and CER in percent, mean over pages; F higher, CER lower is better\n");
  console.log(report(marks, Object.keys(readers)));
  if (both) console.log(`\n${ladder.summary()}`);
};

/** How well pages are read, by class of the corpus, against the bare program on the same page. */
export const accuracy: Bench = {
  usage: "accuracy [--pages 95] [--dpi N]",
  does: "F of the words and character error rate by class, both engines, and native with the second one, against the bare tesseract program (--dpi: and told that)",
  minutes: 60,
  run,
};
