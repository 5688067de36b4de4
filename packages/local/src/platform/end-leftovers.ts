import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../output/log.ts";
import { isAlive, type ProcessIdentity } from "../processes/process-identity.ts";
import { askToEnd, killGroup } from "../processes/signal-process.ts";

const POLL_MS = 20;

const waitForEnd = async (left: ProcessIdentity, within: number): Promise<boolean> => {
  const deadline = performance.now() + within;
  while (isAlive(left) && performance.now() < deadline) await pause(POLL_MS);
  return !isAlive(left);
};

/**
 * Ends what a launcher that was killed has left running: two Redis servers must never write one folder, and the ports are
 * needed. A process that does not end within `grace` ms is killed.
 */
export const endLeftovers = async (
  leftovers: readonly (ProcessIdentity & { name: string })[],
  log: Log,
  grace = 10_000,
): Promise<void> => {
  for (const left of leftovers) {
    log.warn(`${left.name} (process ${left.pid}) was left by a run that was killed; ending it`);
    askToEnd(left.pid);
    if (await waitForEnd(left, grace)) continue;
    killGroup(left.pid);
    await waitForEnd(left, grace);
  }
};
