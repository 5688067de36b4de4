import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { provideTesseract, type Tesseract, toolsDir } from "@lectura/local";
import { CannotRunError } from "../bench.ts";

const execute = promisify(execFile);

/** Native Tesseract with its command-line program. */
export type TesseractProgram = Tesseract & { program: string; version: string };

const environment = ({ libraryPath }: Tesseract): NodeJS.ProcessEnv => ({
  ...process.env,
  // One process a core: more threads cost 2–3 × the CPU for nothing.
  OMP_THREAD_LIMIT: "1",
  ...(libraryPath && { LD_LIBRARY_PATH: libraryPath }),
});

/** The Tesseract that the platform itself would take; undefined where there is none or it lacks its program. */
export const findTesseract = async (): Promise<TesseractProgram | undefined> => {
  const tesseract = await provideTesseract({ toolsDir, log: { info: console.error, warn: console.error } });
  if (!tesseract?.program) return undefined;
  const { program } = tesseract;
  const { stdout } = await execute(program, ["--version"], { env: environment(tesseract) });
  return { ...tesseract, program, version: /^tesseract v?(\S+)/.exec(stdout)?.[1] ?? "of unknown version" };
};

export const requireTesseract = async (): Promise<TesseractProgram> => {
  const tesseract = await findTesseract();
  if (tesseract) return tesseract;
  throw new CannotRunError("No tesseract program can be had here, so there is nothing to compare with.");
};

/** The text of an image by one bare `tesseract` process: one thread, page segmentation 3, `dpi` if given, nothing else. */
export const readWithProgram = async (
  tesseract: TesseractProgram,
  page: { image: string; lang: string },
  signal: AbortSignal,
  dpi?: number,
): Promise<string> => {
  const resolution = dpi === undefined ? [] : ["--dpi", String(dpi)];
  const { stdout } = await execute(
    tesseract.program,
    [page.image, "stdout", "--tessdata-dir", tesseract.tessdata, "-l", page.lang, "--psm", "3", ...resolution],
    { env: environment(tesseract), signal, maxBuffer: 16 * 1024 * 1024 },
  );
  return stdout;
};
