import { ProblemError } from "@lectura/contracts";
import type { DocumentStore } from "@lectura/documents";
import { heldFor } from "@lectura/runtime";
import type { Storage } from "@lectura/storage";

/** What stays free is for documents that are in work: their pages and results. */
const FREE_SHARE = 0.05;
/** On a large disk a twentieth is more than that takes. */
const FREE_BYTES = 2_000_000_000;
const MEMORY_SHARE = 0.9;
/** What was found holds so long: filling up takes longer. */
const LOOK_EVERY_MS = 500;
/** Room comes when something expires, or when somebody makes it. */
const RETRY_SECONDS = { least: 5, most: 300 };

type Crowded = "storage" | "memory" | undefined;

/** Refuses new documents before the storage or Redis is full, so that those which are in work can be finished. */
export const createRoomKeeper = ({
  documents,
  storage,
}: {
  documents: Pick<DocumentStore, "memoryUse" | "nextExpiry">;
  storage: Pick<Storage, "space">;
}) => {
  const look = async (): Promise<Crowded> => {
    const [space, memory] = await Promise.all([storage.space(), documents.memoryUse()]);
    if (space && space.free < Math.min(FREE_BYTES, FREE_SHARE * space.total)) return "storage";
    return memory > MEMORY_SHARE ? "memory" : undefined;
  };
  const lately = heldFor(LOOK_EVERY_MS, look);

  return {
    /** @throws ProblemError 503 */
    requireRoom: async (): Promise<void> => {
      const crowded = await lately();
      if (crowded === undefined) return;
      const expiry = ((await documents.nextExpiry()) ?? Infinity) - Date.now();
      const seconds = Math.min(RETRY_SECONDS.most, Math.max(RETRY_SECONDS.least, Math.ceil(expiry / 1000)));
      const detail = `The platform's ${crowded} is nearly full. What was taken in before goes on.`;
      throw new ProblemError("overloaded", detail, { headers: { "retry-after": String(seconds) } });
    },
  };
};
export type RoomKeeper = ReturnType<typeof createRoomKeeper>;
