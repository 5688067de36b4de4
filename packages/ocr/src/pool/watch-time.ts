import { cpuSeconds } from "./cpu-seconds.ts";

const LOOK_EVERY = 1000;

/** Calls `stop` with the reason once a process has worked for `seconds`, or burnt half of that as CPU. Ends by `close`. */
export const watchTime = ({ pid, seconds, stop }: { pid: number; seconds: number; stop: (reason: string) => void }) => {
  const used = cpuSeconds(pid);
  const cpu = setInterval(() => {
    if (cpuSeconds(pid) - used > seconds / 2) stop(`It took more than ${seconds / 2} s of CPU.`);
  }, LOOK_EVERY);
  const wall = setTimeout(() => stop(`It took more than ${seconds} s.`), seconds * 1000);
  return {
    close: () => {
      clearInterval(cpu);
      clearTimeout(wall);
    },
  };
};
