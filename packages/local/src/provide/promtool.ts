import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../output/log.ts";
import { unpackDebianPackages } from "./debian-packages.ts";
import { findProgram, foldersOfPath, SYSTEM_FOLDERS } from "./find-program.ts";
import { runProgram } from "./run-program.ts";

export interface PromtoolOptions {
  toolsDir: string;
  log: Log;
  env?: NodeJS.ProcessEnv;
  systemFolders?: readonly string[];
}

/** The program alone is kept: the package brings a web interface with it that is many times as large. */
const unpacked = async (options: PromtoolOptions): Promise<string> => {
  const { toolsDir, log, systemFolders = SYSTEM_FOLDERS } = options;
  const kept = await findProgram(["promtool"], [toolsDir]);
  if (kept) return kept;
  await mkdir(toolsDir, { recursive: true });
  const scratch = await mkdtemp(join(toolsDir, ".promtool-"));
  try {
    const folder = join(scratch, "prometheus");
    const root = await unpackDebianPackages({ packages: ["prometheus"], folder, systemFolders, log });
    // Another process may have done the same meanwhile; the later one's file is equal and takes the place.
    await rename(join(root, "usr/bin/promtool"), join(toolsDir, "promtool"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return join(toolsDir, "promtool");
};

/**
 * Path of promtool, which checks and tests Prometheus rules: one on PATH, else the distribution's, unpacked for this
 * project. Undefined when neither can be had.
 */
export const providePromtool = async (options: PromtoolOptions): Promise<string | undefined> => {
  try {
    const env = options.env ?? process.env;
    const program = (await findProgram(["promtool"], foldersOfPath(env.PATH))) ?? (await unpacked(options));
    // Says here, not at the first rule, when the file was unpacked by another kind of system.
    await runProgram(program, ["--version"]);
    return program;
  } catch (error) {
    options.log.warn(
      `promtool cannot be had, the alert rules are not tested: ${error instanceof Error ? error.message : error}`,
    );
    return undefined;
  }
};
