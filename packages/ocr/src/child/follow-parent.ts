import koffi from "koffi";

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/**
 * Makes this process end with its parent, and not before. Losing the IPC channel says that the parent is gone, but only
 * to an event loop that turns; deep in a page it does not for a minute, so on Linux the kernel is asked to end it.
 */
export const followParent = (): void => {
  // Ctrl-C reaches every process of the terminal, but the parent may want to see the pages through that are at work.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  process.once("disconnect", () => process.exit());
  if (process.platform === "linux") {
    const prctl = koffi.load(null).func("int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)");
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  }
  // The parent may have died before the lines above.
  if (!process.connected) process.exit();
};
