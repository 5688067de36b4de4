import { startChild, type Child, type OutputLine, type ProcessSpec } from "./child.ts";
import { untilReady } from "./until-ready.ts";

/** One life of a process: from its start over its being ready to its end. */
export interface Life {
  child: Child;
  over: Promise<{ end: string; lastedMs: number }>;
}

/**
 * Starts the process. `on.ready` is called when it is ready; `on.tooLate`, with the reason, when it lives but is not ready
 * when `patience` ends.
 */
export const beginLife = (
  spec: ProcessSpec,
  patience: AbortSignal,
  on: { line: (line: OutputLine) => void; ready: () => void; tooLate: (reason: string) => void },
): Life => {
  const born = performance.now();
  const child = startChild(spec, on.line);
  const gone = new AbortController();

  const announce = async (): Promise<void> => {
    let reason = "it was not asked yet";
    const isReady = await untilReady(spec.notReadyBecause, AbortSignal.any([gone.signal, patience]), (text) => {
      reason = text;
    });
    if (isReady) on.ready();
    else if (!gone.signal.aborted) on.tooLate(reason);
  };
  const announced = announce();

  const untilEnd = async (): Promise<{ end: string; lastedMs: number }> => {
    const end = await child.ended;
    gone.abort();
    await announced;
    return { end, lastedMs: performance.now() - born };
  };
  return { child, over: untilEnd() };
};
