import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Model, ProblemError } from "@lectura/contracts";
import { z } from "zod";
import { modelKind } from "./model-kind.ts";
import { readModel } from "./read-model.ts";

export type InstalledModel = Model & { path: string };

/** Where distributions keep the models of Tesseract 5. */
const SYSTEM_FOLDERS = [
  "/usr/share/tesseract-ocr/5/tessdata",
  "/usr/share/tessdata",
  "/usr/local/share/tessdata",
  "/opt/homebrew/share/tessdata",
];

const PACKAGE = /^@tesseract\.js-data\/(\w+)$/;
const Manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

/** The models of the npm packages that this one depends on; `best_int`, 1.8 × the CPU of Debian's `fast`. */
const packagedModels = async (): Promise<string[]> => {
  const { dependencies } = Manifest.parse(
    JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")),
  );
  return Object.keys(dependencies).flatMap((name) => {
    const language = PACKAGE.exec(name)?.[1];
    if (!language) return [];
    return [fileURLToPath(import.meta.resolve(`${name}/4.0.0_best_int/${language}.traineddata.gz`))];
  });
};

const SUFFIX = /\.traineddata(?:\.gz)?$/;

const modelsIn = async (folder: string): Promise<string[]> => {
  const names = await readdir(folder);
  return names.filter((name) => SUFFIX.test(name)).map((name) => join(folder, name));
};

const systemModels = async (): Promise<string[]> => {
  const found = await Promise.all(SYSTEM_FOLDERS.map((folder) => modelsIn(folder).catch(() => [])));
  return found.flat();
};

const givenModels = async (folder: string): Promise<string[]> => {
  const paths = await modelsIn(folder).catch((cause: unknown) => {
    throw new ProblemError("engine-unavailable", `The tessdata folder ${folder} cannot be read.`, { cause });
  });
  if (paths.length === 0) {
    throw new ProblemError("engine-unavailable", `The tessdata folder ${folder} holds no *.traineddata file.`);
  }
  return paths;
};

/** Every language that can be recognised here, each once: from `tessdata` or else the system's folders, then from npm. */
export const findModels = async (tessdata?: string): Promise<InstalledModel[]> => {
  const models = new Map<string, InstalledModel>();
  for (const path of [...(await (tessdata ? givenModels(tessdata) : systemModels())), ...(await packagedModels())]) {
    const language = basename(path).replace(SUFFIX, "");
    if (models.has(language)) continue;
    const traineddata = await readModel(path);
    const kind = modelKind(traineddata);
    const sha256 = createHash("sha256").update(traineddata).digest("hex");
    if (kind) models.set(language, { language, kind, sha256, path });
  }
  return [...models.values()].toSorted((a, b) => a.language.localeCompare(b.language));
};
