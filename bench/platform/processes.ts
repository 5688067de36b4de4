import { readdirSync, readFileSync } from "node:fs";

/** Ticks per second in /proc: USER_HZ, 100 on every platform that Node runs on. */
const USER_HZ = 100;
const PAGE_BYTES = 4096;

interface Process {
  pid: number;
  parent: number;
  /** Its own, and that of its children that have ended. */
  cpuSeconds: number;
  rss: number;
}

const readProcess = (pid: number): Process[] => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the command in brackets and may hold spaces; after it come state, parent and the rest.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [parent = 0, rssPages = 0] = [fields[1], fields[21]];
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
    return [{ pid, parent, cpuSeconds: ticks / USER_HZ, rss: rssPages * PAGE_BYTES }];
  } catch {
    // It has ended since the folder was listed.
    return [];
  }
};

/** A process and everything it has started, directly or not. */
const familyOf = (root: number): Process[] => {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []));
  const family = all.filter(({ pid }) => pid === root);
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid));
  return family;
};

/** CPU that a process and all it has started have used so far, in seconds. */
export const familyCpuSeconds = (root: number): number =>
  familyOf(root).reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);

/** Resident memory of a process and all it has started, in bytes. */
export const familyMemory = (root: number): number => familyOf(root).reduce((total, { rss }) => total + rss, 0);

/** CPU that this process and its children that have ended have used so far, in seconds. */
export const ownCpuSeconds = (): number => readProcess(process.pid)[0]?.cpuSeconds ?? 0;
