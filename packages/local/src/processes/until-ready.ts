import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 50;

/**
 * Asks until the answer is "nothing is missing" (true) or the signal aborts (false). `onReason` hears every other answer.
 */
export const untilReady = async (
  notReadyBecause: (signal: AbortSignal) => Promise<string | undefined>,
  signal: AbortSignal,
  onReason: (reason: string) => void = () => {},
): Promise<boolean> => {
  while (!signal.aborted) {
    const reason = await notReadyBecause(signal);
    if (signal.aborted) return false;
    if (reason === undefined) return true;
    onReason(reason);
    // An aborted pause is the end of the loop, not an error.
    await pause(POLL_MS, undefined, { signal }).catch(() => {});
  }
  return false;
};
