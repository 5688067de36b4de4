import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { ProblemError } from "@lectura/contracts";
import type { InstalledModel } from "./find-models.ts";
import { readModel } from "./read-model.ts";

const fileName = (language: string) => `${language}.traineddata`;

/**
 * Calls `load` with a folder that holds the uncompressed models of these languages side by side, the only form that both
 * engines take. npm's are compressed and one per package: they are put together for the moment of loading.
 */
export const inModelFolder = async <Loaded>(
  models: InstalledModel[],
  languages: string[],
  load: (folder: string) => Promise<Loaded>,
): Promise<Loaded> => {
  const wanted = languages.map((language) => {
    const model = models.find((candidate) => candidate.language === language);
    if (!model) throw new ProblemError("unknown-language", `The language ${language} is not installed.`);
    return model;
  });
  const [folder, ...others] = new Set(wanted.map(({ path }) => dirname(path)));
  if (folder && others.length === 0 && wanted.every(({ path, language }) => basename(path) === fileName(language))) {
    return load(folder);
  }
  const gathered = await mkdtemp(join(tmpdir(), "lectura-models-"));
  try {
    for (const { path, language } of wanted) {
      const target = join(gathered, fileName(language));
      await (path.endsWith(".gz") ? writeFile(target, await readModel(path)) : symlink(path, target));
    }
    return await load(gathered);
  } finally {
    await rm(gathered, { recursive: true, force: true });
  }
};
