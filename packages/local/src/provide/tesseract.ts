import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../output/log.ts";
import { libraryPathOf, unpackDebianPackages } from "./debian-packages.ts";
import { SYSTEM_FOLDERS, findProgram, foldersOfPath } from "./find-program.ts";
import { runProgram } from "./run-program.ts";
import { provideTesseractLibrary } from "./tesseract-library.ts";

export interface TesseractOptions {
  toolsDir: string;
  log: Log;
  env?: NodeJS.ProcessEnv;
  systemFolders?: readonly string[];
  /** Root of the tree where an installed one is looked for. */
  system?: string;
}

/** Native Tesseract 5 with the languages that come installed. */
export interface Tesseract {
  /** Path of libtesseract.so.5. */
  library: string;
  /** Folder with `spa.traineddata` and `eng.traineddata`. */
  tessdata: string;
  /** The whole LD_LIBRARY_PATH that the library and the program need; empty when they need none. */
  libraryPath: string;
  /** The command-line program, where there is one. */
  program: string | undefined;
}

const LIBRARIES = ["usr/lib/*/libtesseract.so.5", "usr/{lib,lib64,local/lib,local/lib64}/libtesseract.so.5"];
const TESSDATA = ["usr/share/tesseract-ocr/*/tessdata", "usr/{share,share/tesseract,local/share}/tessdata"];
const LANGUAGES = ["spa.traineddata", "eng.traineddata"];

/** Looks below `root` ("/" for the system) at the places where distributions put the library and the models. */
const locate = (root: string): Pick<Tesseract, "library" | "tessdata"> | undefined => {
  const [library] = globSync(LIBRARIES, { cwd: root });
  const tessdata = globSync(TESSDATA, { cwd: root }).find((folder) =>
    LANGUAGES.every((file) => existsSync(join(root, folder, file))),
  );
  return library && tessdata ? { library: join(root, library), tessdata: join(root, tessdata) } : undefined;
};

const withProgram = async (
  place: Pick<Tesseract, "library" | "tessdata"> | undefined,
  { env = process.env }: TesseractOptions,
): Promise<Tesseract | undefined> => {
  const program = await findProgram(["tesseract"], foldersOfPath(env.PATH));
  return place && { ...place, libraryPath: env["LD_LIBRARY_PATH"] ?? "", program };
};

const named = ({ env = process.env }: TesseractOptions): Pick<Tesseract, "library" | "tessdata"> | undefined => {
  const { LECTURA_TESSERACT_LIBRARY: library, LECTURA_TESSDATA: tessdata } = env;
  return library && tessdata ? { library, tessdata } : undefined;
};

const unpacked = async (options: TesseractOptions): Promise<Tesseract | undefined> => {
  const { toolsDir, log, env = process.env, systemFolders = SYSTEM_FOLDERS } = options;
  const packages = ["tesseract-ocr", "tesseract-ocr-eng", "tesseract-ocr-spa", "libtesseract5"];
  const root = await unpackDebianPackages({ packages, folder: join(toolsDir, "tesseract"), systemFolders, log });
  const place = locate(root);
  const libraryPath = [libraryPathOf(root), env["LD_LIBRARY_PATH"]].filter(Boolean).join(":");
  const program = join(root, "usr/bin/tesseract");
  // Proves that every library it needs is there and fits this system.
  await runProgram(program, ["--version"], { env: { LD_LIBRARY_PATH: libraryPath } });
  return place && { ...place, libraryPath, program };
};

/** With the faster library, where that can be had. */
const hastened = async (
  tesseract: Tesseract | undefined,
  { toolsDir, log, env = process.env }: TesseractOptions,
): Promise<Tesseract | undefined> => {
  if (!tesseract) return undefined;
  try {
    return { ...tesseract, library: await provideTesseractLibrary({ toolsDir, env }) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.info(`the distribution's Tesseract is used, a faster build of it cannot be had: ${reason}`);
    return tesseract;
  }
};

/**
 * Native Tesseract: the one that is named, else models and program of an installed one with Spanish and English or of the
 * distribution's packages, unpacked for this project, with a faster library where that can be had.
 * Undefined when there is none: then tesseract.js does the work.
 */
export const provideTesseract = async (options: TesseractOptions): Promise<Tesseract | undefined> => {
  const place = named(options);
  try {
    if (place) return await withProgram(place, options);
    const installed = await withProgram(locate(options.system ?? "/"), options);
    return await hastened(installed ?? (await unpacked(options)), options);
  } catch (error) {
    options.log.warn(
      `native Tesseract cannot be had, the slower tesseract.js is used: ${error instanceof Error ? error.message : error}`,
    );
    return undefined;
  }
};
