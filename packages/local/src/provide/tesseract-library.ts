import { globSync } from "node:fs";
import { join } from "node:path";
import { ExplainedError } from "../explained-error.ts";
import { fetchFolder } from "./fetch-folder.ts";
import { runProgram } from "./run-program.ts";
import { findPython, unpackWheel } from "./wheel.ts";

/**
 * The Python package whose wheel holds libtesseract 5.5 with all it needs (MIT; Tesseract is Apache-2.0), by its digests. It is
 * newer than what distributions have and built to be fast: the same page and models take three quarters of the CPU.
 */
const WHEEL = join(import.meta.dirname, "tesserocr-wheel.txt");
const MACHINES: Partial<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };
/** Which Python the wheel is for decides nothing here, only that each machine fetches the same file. */
const targetOf = (machine: string): string[] => {
  const target = `--python-version 3.11 --implementation cp --abi cp311 --platform manylinux_2_28_${machine}`;
  return [...target.split(" "), "--retries", "1", "--timeout", "10"];
};

const findIn = (folder: string): string | undefined => {
  const [library] = globSync("libtesseract-*.so.5*", { cwd: folder });
  return library && join(folder, library);
};

const fetchLibrary = async (scratch: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const machine = process.platform === "linux" ? MACHINES[process.arch] : undefined;
  const python = await findPython(env);
  if (!machine || !python) throw new ExplainedError("there is no wheel for this system or no python3 with pip");
  const unpacked = await unpackWheel(python, { requirements: WHEEL, target: targetOf(machine), scratch });
  const folder = join(unpacked, "tesserocr.libs");
  // Proves that it fits this system's C library.
  await runProgram(python, ["-c", "import ctypes, sys; ctypes.CDLL(sys.argv[1])", findIn(folder) ?? folder]);
  return folder;
};

/** Path of the faster library, downloaded once. @throws Error where it cannot be had */
export const provideTesseractLibrary = async ({
  toolsDir,
  env,
}: {
  toolsDir: string;
  env: NodeJS.ProcessEnv;
}): Promise<string> => {
  const folder = await fetchFolder(toolsDir, "tesserocr", (scratch) => fetchLibrary(scratch, env));
  const library = findIn(folder);
  if (!library) throw new ExplainedError("the wheel holds no libtesseract");
  return library;
};
