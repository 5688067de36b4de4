import { isFinal } from "@lectura/contracts";
import { type DocumentStore, isTombstone, type Owned, storageKeys } from "@lectura/documents";
import type { Producer } from "@lectura/queue";
import type { Logger } from "@lectura/runtime";
import type { Storage } from "@lectura/storage";
import { createReenqueue } from "./owed.ts";

const EVERY_MS = 5000;
// A little less, or the right to sweep would lapse just after the next round asks for it.
const CLAIM_MS = 4500;
/** A document nobody has worked on for so long may have lost its job in a crash. */
const IDLE_MS = 20_000;
/** By then every page that ran while its document was buried has ended. */
const LAST_PURGE_MS = 5 * 60_000;
/** No upload takes longer. */
const UPLOAD_MS = 60 * 60_000;
const BATCH = 200;

/** Completes what a crash has left and ends what is over. Any replica may sweep, one does at a time. */
export const createSweep = (dependencies: { documents: DocumentStore; producer: Producer; storage: Storage }) => {
  const { documents, storage } = dependencies;
  const reenqueue = createReenqueue(dependencies);
  const removeBytes = async ({ tenant, id }: Owned): Promise<void> =>
    storage.deletePrefix(storageKeys(tenant, id).prefix);

  const resumeIdle = async (now: number): Promise<void> => {
    for (const id of await documents.idle(now - IDLE_MS, BATCH)) {
      const record = await documents.read(id);
      if (record && !isTombstone(record) && !isFinal(record.status)) await reenqueue(record);
      await documents.lookedAfter(id);
    }
  };

  const endExpired = async (now: number): Promise<void> => {
    for (const id of await documents.expired(now, BATCH)) {
      const record = await documents.read(id);
      if (!record || isTombstone(record)) continue;
      await documents.bury({ ...record, reference: record.options.reference }, "expired");
      await removeBytes(record);
    }
  };

  const purgeBuried = async (now: number): Promise<void> => {
    for (const document of await documents.buried(now - LAST_PURGE_MS, BATCH)) {
      await removeBytes(document);
      await documents.purged(document);
    }
  };

  const clearAbandoned = async (now: number): Promise<void> => {
    for (const document of await documents.abandoned(now - UPLOAD_MS, BATCH)) {
      if (await documents.isUnrecorded(document.id)) await removeBytes(document);
      await documents.received(document);
    }
  };

  return async (now: number): Promise<void> => {
    await resumeIdle(now);
    await endExpired(now);
    await purgeBuried(now);
    await clearAbandoned(now);
  };
};

/** Sweeps every five seconds until closed. */
export const startSweeper = (dependencies: {
  documents: DocumentStore;
  producer: Producer;
  storage: Storage;
  log: Pick<Logger, "warn">;
}): { close(): Promise<void> } => {
  const { documents, log } = dependencies;
  const sweep = createSweep(dependencies);
  const round = async (): Promise<void> => {
    try {
      if (await documents.claimSweep(CLAIM_MS)) await sweep(Date.now());
    } catch (err) {
      log.warn({ err }, "the sweep was cut short, the next one goes on");
    }
  };
  let running = round();
  const timer = setInterval(() => {
    running = running.then(round);
  }, EVERY_MS);
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
};
