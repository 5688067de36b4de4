import koffi from "koffi";

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/**
 * Ends this process when its parent is gone, however that went. Losing the IPC channel says so, but only to an event
 * loop that turns; deep in a page it does not for a minute, so on Linux the kernel is asked to do it.
 */
export const dieWithParent = (): void => {
  process.once("disconnect", () => process.exit());
  if (process.platform === "linux") {
    const prctl = koffi.load(null).func("int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)");
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  }
  // The parent may have died before the two lines above.
  if (!process.connected) process.exit();
};
