import { setTimeout as sleep } from "node:timers/promises";

/** What is due is looked for this often while nothing is; by all at the same moments, so that their questions travel together. */
const EVERY_MS = 250;
// Rounded up: a timer that fires before its moment would make two looks of one.
const untilNextLook = (): number => Math.ceil(EVERY_MS - (performance.now() % EVERY_MS));

/**
 * Takes due work and does it, at most `slots` pieces at once, until closed. `claim` hands out at most so many; what
 * `work` throws is for the log, its piece is due again when its lease is over.
 */
export const takeWork = <Piece>(options: {
  slots: number;
  claim: (limit: number) => Promise<Piece[]>;
  work: (piece: Piece, signal: AbortSignal) => Promise<void>;
  onError: (error: unknown) => void;
}): { close(grace: number): Promise<void> } => {
  const { slots, claim, work, onError } = options;
  const closing = new AbortController();
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  const begin = (piece: Piece): void => {
    const done = work(piece, stopping.signal)
      .catch(onError)
      .finally(() => running.delete(done));
    running.add(done);
  };

  const round = async (): Promise<boolean> => {
    const free = slots - running.size;
    const pieces = free === 0 ? [] : await claim(free);
    for (const piece of pieces) begin(piece);
    return pieces.length === free;
  };

  const untilClosed = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      const full = await round().catch(onError);
      // With all hands full the next one that gets free looks again, else time does.
      const free = full === true && running.size > 0 ? Promise.race(running) : undefined;
      const time = sleep(untilNextLook(), undefined, { signal: closing.signal }).catch(() => {});
      await (free ? Promise.race([free, time]) : time);
    }
  };
  const rounds = untilClosed();

  return {
    /** Takes nothing more; what runs gets `grace` ms to end by itself. */
    close: async (grace) => {
      closing.abort();
      await rounds;
      const timer = setTimeout(() => stopping.abort(), grace);
      await Promise.all(running);
      clearTimeout(timer);
    },
  };
};
