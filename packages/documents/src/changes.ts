import { EventEmitter, once } from "node:events";
import type { DocumentId } from "@lectura/contracts";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";

// A message is lost when the connection breaks just then: waiters look by themselves this often.
const LOOK_AGAIN_MS = 2000;

/**
 * Waits for documents to change, with one subscription for the whole process.
 * `subscriber` is a connection of its own: Redis allows nothing else on it while it listens.
 */
export const createChanges = async (subscriber: Redis, keys: Keys) => {
  const changed = new EventEmitter();
  changed.setMaxListeners(0);
  subscriber.on("message", (_channel: string, id: string) => changed.emit(id));
  await subscriber.subscribe(keys.changes);

  const nextChange = async (id: DocumentId, signal: AbortSignal): Promise<void> => {
    try {
      await once(changed, id, { signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_AGAIN_MS)]) });
    } catch (error) {
      if (!(error instanceof Error && error.name === "AbortError")) throw error;
    }
  };

  return {
    /** Reads until `satisfied` or until `signal` says that it has been long enough; answers what was read last. */
    waitUntil: async <T>(
      id: DocumentId,
      read: () => Promise<T>,
      satisfied: (value: T) => boolean,
      signal: AbortSignal,
    ): Promise<T> => {
      for (;;) {
        // Listening begins before reading, so that a change in between is not missed.
        const listening = new AbortController();
        const change = nextChange(id, AbortSignal.any([signal, listening.signal]));
        const value = await read();
        if (satisfied(value) || signal.aborted) {
          listening.abort();
          await change;
          return value;
        }
        await change;
      }
    },
    close: async (): Promise<void> => {
      await subscriber.unsubscribe(keys.changes);
    },
  };
};
export type Changes = Awaited<ReturnType<typeof createChanges>>;
