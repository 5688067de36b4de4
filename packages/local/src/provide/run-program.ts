import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";
import { SYSTEM_FOLDERS, foldersOfPath } from "./find-program.ts";

const execute = promisify(execFile);
const PATIENCE_MS = 300_000;

const lastWords = (error: unknown): string => {
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return stderr.split("\n").slice(-3).join(" ") || String(error);
};

/**
 * Runs a program of the system to its end and gives what it printed. Programs it calls in turn are found in the system's
 * folders, even where PATH holds nothing but node.
 * @throws Error with the program's own last words, when it fails or takes longer than five minutes
 */
export const runProgram = async (
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> => {
  const env: NodeJS.ProcessEnv = { ...process.env, ...options.env, LC_ALL: "C" };
  const path = [...foldersOfPath(env["PATH"]), ...SYSTEM_FOLDERS].join(":");
  try {
    const { stdout } = await execute(program, args, {
      ...options,
      env: { ...env, PATH: path },
      timeout: PATIENCE_MS,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    throw new Error(`${basename(program)} failed: ${lastWords(error)}`, { cause: error });
  }
};
