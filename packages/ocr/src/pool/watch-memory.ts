import { readFileSync } from "node:fs";

/** Whoever asks for memory as fast as it can has got a few hundred megabytes more by then. */
const LOOK_EVERY = 100;

/** Memory of a process that is in use just now, in bytes; 0 where /proc does not tell. */
const residentBytes = (pid: number): number => {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
};

/** Calls `stop` with the reason once a process uses more than `bytes` of memory. Ends by `close`. */
export const watchMemory = ({ pid, bytes, stop }: { pid: number; bytes: number; stop: (reason: string) => void }) => {
  const timer = setInterval(() => {
    if (residentBytes(pid) > bytes) stop(`It took more than ${Math.round(bytes / 1_000_000)} MB of memory.`);
  }, LOOK_EVERY);
  return { close: () => clearInterval(timer) };
};
