import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { ExplainedError } from "../explained-error.ts";
import { fetchFolder } from "./fetch-folder.ts";
import { findPython, unpackWheel } from "./wheel.ts";

/** The Python package whose wheel holds the models (Apache-2.0), by its digest; the worker's image takes them from it, too. */
const WHEEL = join(import.meta.dirname, "ppocr-wheel.txt");
const MODELS = {
  "PP-OCRv6_det_small.onnx": "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
  "PP-OCRv6_rec_small.onnx": "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
};

const FOLDER = "ppocr";

/** The folder of the second engine's models; undefined as long as they were not added. */
export const findPpocr = (toolsDir: string): string | undefined => {
  const folder = join(toolsDir, FOLDER);
  return existsSync(folder) ? folder : undefined;
};

const requireDigest = async (path: string, expected: string): Promise<void> => {
  const found = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  if (found !== expected) throw new ExplainedError(`${path} is not the file it should be: its SHA-256 is ${found}.`);
};

const fetchModels = async (env: NodeJS.ProcessEnv, scratch: string): Promise<string> => {
  const python = await findPython(env);
  if (!python) {
    throw new ExplainedError("The models come in a Python package: python3 with pip is needed, and there is none.");
  }
  const wheel = await unpackWheel(python, { requirements: WHEEL, scratch });
  const folder = join(scratch, FOLDER);
  await mkdir(folder);
  for (const [name, digest] of Object.entries(MODELS)) {
    const unpacked = join(wheel, "rapidocr", "models", name);
    await requireDigest(unpacked, digest);
    await rename(unpacked, join(folder, name));
  }
  return folder;
};

/** Downloads the models of PP-OCRv6, once, and gives the folder they are in. */
export const providePpocr = ({ toolsDir, env }: { toolsDir: string; env: NodeJS.ProcessEnv }): Promise<string> =>
  fetchFolder(toolsDir, FOLDER, (scratch) => fetchModels(env, scratch));
