import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

/** A process that cannot be confused with a later one that got the same number. */
export const ProcessIdentity = z.object({ pid: z.int().positive(), born: z.string() });
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

const readOrNothing = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

const birthInProc = (pid: number): string | undefined => {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  // The second field is the name in parentheses and may hold anything; state is the 3rd, start time the 22nd.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[19]];
  if (startTime === undefined || state === "Z") return undefined;
  return `${readOrNothing("/proc/sys/kernel/random/boot_id").trim()}/${startTime}`;
};

const birthByPs = (pid: number): string | undefined =>
  spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim() || undefined;

const birthOf = existsSync("/proc/self/stat") ? birthInProc : birthByPs;

/** The identity of a running process; undefined when there is none of that number. */
export const identify = (pid: number): ProcessIdentity | undefined => {
  const born = birthOf(pid);
  return born === undefined ? undefined : { pid, born };
};

/** Whether exactly this process, not a later one of the same number, still runs. */
export const isAlive = ({ pid, born }: ProcessIdentity): boolean => birthOf(pid) === born;
