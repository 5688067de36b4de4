import { readFileSync } from "node:fs";

/** Ticks per second in /proc: USER_HZ, 100 on every platform that Node runs on. */
const USER_HZ = 100;

/** CPU time that a process has used so far, user and system; 0 where /proc does not tell. */
export const cpuSeconds = (pid: number): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the command in brackets and may hold spaces; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / USER_HZ;
  } catch {
    return 0;
  }
};
