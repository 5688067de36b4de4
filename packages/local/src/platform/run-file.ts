import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { ExplainedError } from "../explained-error.ts";
import { ProcessIdentity, identify, isAlive } from "../processes/process-identity.ts";

const RunningProcess = ProcessIdentity.extend({ name: z.string(), port: z.int() });
type RunningProcess = z.infer<typeof RunningProcess>;

/** What runs in a home: written by the launcher at every change, read by everybody else. */
const Run = z.object({
  launcher: ProcessIdentity,
  url: z.string(),
  processes: z.array(RunningProcess),
});
export type Run = z.infer<typeof Run>;

const read = (file: string): Run | undefined => {
  try {
    return Run.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // Absent, or of another version: nothing that could be trusted.
    return undefined;
  }
};

/** The run whose launcher is alive in this home. */
export const readLiveRun = (file: string): Run | undefined => {
  const run = read(file);
  return run && isAlive(run.launcher) ? run : undefined;
};

/** The launcher's hold on its home. */
export interface Claim {
  /** Processes of a run whose launcher was killed and that are still alive. */
  leftovers: readonly RunningProcess[];
  /** Notes a process under its name, in place of an earlier one. */
  note(name: string, pid: number, port: number): void;
  release(): void;
}

/**
 * Takes this home for the calling process.
 * @throws ExplainedError when another launcher has it
 */
export const claimHome = (file: string, url: string): Claim => {
  const launcher = identify(process.pid);
  if (!launcher) throw new Error("This process cannot be found in the process table.");
  const before = read(file);
  if (before && isAlive(before.launcher)) {
    throw new ExplainedError(
      `Lectura already runs here, at ${before.url} (process ${before.launcher.pid}). ` +
        "End it with `npx -y pnpm@12 lectura stop`, or use it.",
    );
  }
  const leftovers = (before?.processes ?? []).filter(isAlive);
  const run: Run = { launcher, url, processes: [...leftovers] };
  const text = (): string => `${JSON.stringify(run, null, 2)}\n`;
  // Nothing is awaited between the look above and the exclusive write: of two starts at once one gives way.
  rmSync(file, { force: true });
  writeFileSync(file, text(), { flag: "wx" });

  return {
    leftovers,
    note: (name, pid, port) => {
      const identity = identify(pid);
      // Died already: its supervisor tells of it.
      if (!identity) return;
      const noted = { name, port, ...identity };
      const place = run.processes.findIndex((process) => process.name === name);
      if (place === -1) run.processes.push(noted);
      else run.processes[place] = noted;
      // Replaced as a whole: whoever reads meanwhile sees the one or the other.
      writeFileSync(`${file}.new`, text());
      renameSync(`${file}.new`, file);
    },
    release: () => rmSync(file, { force: true }),
  };
};
