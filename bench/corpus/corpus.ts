import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { CannotRunError } from "../bench.ts";
import { repository } from "../repository.ts";

const Entry = z.object({
  id: z.string(),
  lang: z.string(),
  image: z.string(),
  truth: z.string(),
  ordered: z.boolean(),
  set: z.enum(["a", "b"]),
  class: z.string(),
});

/** A page of the corpus; `image` and `truth` are full paths. */
export type CorpusPage = z.infer<typeof Entry>;

/** The folder of real documents with ground truth: `LECTURA_CORPUS`, counted from the repository. */
export const corpusFolder = (): string => {
  const named = process.env["LECTURA_CORPUS"] || "../shared/corpus";
  const folder = resolve(repository, named);
  if (existsSync(join(folder, "manifest.json"))) return folder;
  throw new CannotRunError(`No corpus at ${named}: nothing was measured (LECTURA_CORPUS names another place).`);
};

/** All pages of the corpus, in the manifest's order. */
export const readCorpus = async (): Promise<CorpusPage[]> => {
  const folder = corpusFolder();
  const entries = z.array(Entry).parse(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")));
  return entries.map((entry) => ({ ...entry, image: join(folder, entry.image), truth: join(folder, entry.truth) }));
};

/** `count` pages, taken from the classes in turn: the same ones every time. */
export const mixOverClasses = (pages: readonly CorpusPage[], count: number): CorpusPage[] => {
  const classes = [...Map.groupBy(pages, (page) => page.class).values()];
  const deepest = Math.max(...classes.map((each) => each.length));
  const inTurn = Array.from({ length: deepest }, (_, depth) => classes.flatMap((each) => each[depth] ?? [])).flat();
  return inTurn.slice(0, count);
};
