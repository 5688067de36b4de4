import { setTimeout as pause } from "node:timers/promises";
import { ExplainedError } from "../explained-error.ts";
import type { Log } from "../output/log.ts";
import { renderLine } from "../output/render-line.ts";
import type { Child, OutputLine, ProcessSpec } from "./child.ts";
import { beginLife } from "./life.ts";
import { askToEnd, killGroup } from "./signal-process.ts";

/** Milliseconds. */
const TIMES = { firstPause: 200, longestPause: 10_000, calmAfter: 30_000, readyWithin: 60_000, grace: 30_000 };

export interface SupervisorOptions {
  log: Log;
  onLine: (line: OutputLine) => void;
  /** What to do when it does not start. */
  advice: string;
  onSpawn?: (pid: number) => void;
  times?: Partial<typeof TIMES>;
}

/** A process that is kept alive until it is stopped. */
export interface Supervised {
  name: string;
  /** Resolves when the process is ready for the first time; rejects with an explanation when it never gets there. */
  ready: Promise<void>;
  /** From now on it is not started again. */
  retire(): void;
  /** Asks it to end, kills it when its grace is over, resolves when it is gone. */
  stop(): Promise<void>;
  /** Kills it at once. */
  kill(): void;
}

const explainDeath = (name: string, end: string, lines: readonly OutputLine[], advice: string): ExplainedError => {
  const story = lines.map((line) => `    ${renderLine(line, false).text}`).join("\n") || "    (none)";
  return new ExplainedError(`${name} did not start: it ended with ${end}. Its last lines:\n${story}\n${advice}`);
};

/**
 * Starts a process and starts it again when it dies: after 0.2 s, doubling to 10 s, from the beginning again once it has
 * lived for 30 s. A process that dies before it was ready for the first time is not started again: `ready` rejects.
 */
export const supervise = (spec: ProcessSpec, options: SupervisorOptions): Supervised => {
  const { log } = options;
  const times = { ...TIMES, ...options.times };
  const retired = new AbortController();
  const ready = Promise.withResolvers<void>();
  // Who stops everything because of a sibling does not wait for this one's reason.
  ready.promise.catch(() => {});
  let living: Child | undefined;
  let wasReady = false;

  const on = {
    line: options.onLine,
    ready: () => {
      if (wasReady) log.info(`${spec.name} is back`);
      wasReady = true;
      ready.resolve();
    },
    tooLate: (reason: string) => {
      if (retired.signal.aborted) return;
      ready.reject(
        new ExplainedError(
          `${spec.name} did not get ready in ${times.readyWithin / 1000} s: ${reason}\n${options.advice}`,
        ),
      );
    },
  };

  const keepAlive = async (): Promise<void> => {
    let wait = times.firstPause;
    while (!retired.signal.aborted) {
      const patience = AbortSignal.any([retired.signal, AbortSignal.timeout(times.readyWithin)]);
      const { child, over } = beginLife(spec, patience, on);
      living = child;
      if (child.pid) options.onSpawn?.(child.pid);
      const { end, lastedMs } = await over;
      living = undefined;
      if (retired.signal.aborted) return;
      if (!wasReady) return ready.reject(explainDeath(spec.name, end, child.lastLines(), options.advice));
      if (lastedMs >= times.calmAfter) wait = times.firstPause;
      log.warn(`${spec.name} died (${end}); starting it again in ${wait / 1000} s`);
      // Being retired ends the pause and the loop; it is no error.
      await pause(wait, undefined, { signal: retired.signal }).catch(() => {});
      wait = Math.min(wait * 2, times.longestPause);
    }
  };
  const over = keepAlive().then(() => ready.reject(new ExplainedError(`${spec.name} was stopped before it was ready`)));

  const kill = (): void => {
    retired.abort();
    if (living?.pid) killGroup(living.pid);
  };
  const stop = async (): Promise<void> => {
    retired.abort();
    if (living?.pid) askToEnd(living.pid);
    const graceOver = setTimeout(() => {
      log.warn(`${spec.name} did not stop within ${times.grace / 1000} s; killed`);
      kill();
    }, times.grace);
    await over;
    clearTimeout(graceOver);
  };
  return { name: spec.name, ready: ready.promise, retire: () => retired.abort(), stop, kill };
};
