import { join } from "node:path";
import type { Log } from "../output/log.ts";
import { libraryPathOf, unpackDebianPackages } from "./debian-packages.ts";
import { findProgram, foldersOfPath, SYSTEM_FOLDERS } from "./find-program.ts";
import { runProgram } from "./run-program.ts";

export interface DebianProgramOptions {
  program: string;
  /** The package that has it. */
  package: string;
  /** Where it lies there. */
  path?: string;
  toolsDir: string;
  log: Log;
  env?: NodeJS.ProcessEnv;
  systemFolders?: readonly string[];
}

/** Runs a program with arguments; resolves with what it prints, rejects when it finds a fault. */
export type RunTool = (args: readonly string[]) => Promise<string>;

/**
 * A program that only tests need: one on PATH, else the distribution's, unpacked for this project. Undefined when neither
 * can be had.
 */
export const provideDebianProgram = async (options: DebianProgramOptions): Promise<RunTool | undefined> => {
  const { program, toolsDir, log, env = process.env, systemFolders = SYSTEM_FOLDERS } = options;
  try {
    const installed = await findProgram([program], foldersOfPath(env.PATH));
    if (installed) return (args) => runProgram(installed, args);
    const folder = join(toolsDir, options.package);
    const root = await unpackDebianPackages({ packages: [options.package], folder, systemFolders, log });
    const unpacked = join(root, options.path ?? `usr/bin/${program}`);
    return (args) => runProgram(unpacked, args, { env: { LD_LIBRARY_PATH: libraryPathOf(root) } });
  } catch (error) {
    log.warn(
      `${program} cannot be had, what needs it is not tested: ${error instanceof Error ? error.message : error}`,
    );
    return undefined;
  }
};
