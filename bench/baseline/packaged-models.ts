import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

const inflate = promisify(gunzip);

/** A folder with the models that npm has, the ones that tesseract.js works with where nothing else is installed. */
export const unpackPackagedModels = async (): Promise<AsyncDisposable & { folder: string }> => {
  const packed = [
    import.meta.resolve("@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz"),
    import.meta.resolve("@tesseract.js-data/spa/4.0.0_best_int/spa.traineddata.gz"),
  ].map((url) => fileURLToPath(url));
  const folder = await mkdtemp(join(tmpdir(), "lectura-bench-models-"));
  for (const path of packed) await writeFile(join(folder, basename(path, ".gz")), await inflate(await readFile(path)));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
};
