import { DocumentId, type DocumentInput } from "@lectura/contracts";
import type { Redis } from "ioredis";
import { createClaimDue } from "./claim-due.ts";
import type { Keys } from "./keys.ts";
import type { Attempt } from "./progress.ts";
import type { RunScript } from "./scripts.ts";
import { dayOf } from "./usage.ts";

/** Documents whose input is still to be fetched. The record is the truth, what is owed here can be added anew. */
export const createFetches = (redis: Redis, run: RunScript, keys: Keys) => {
  const claimDue = createClaimDue(redis, keys.fetches);
  return {
    /** Has the input fetched; what is to be fetched already is not hurried. */
    wantFetch: async (id: DocumentId): Promise<void> => {
      await redis.zadd(keys.fetches, "NX", Date.now(), id);
    },

    /** Takes documents to fetch for `leaseMs`; what is not fetched by then is due again. */
    claimFetches: async (limit: number, leaseMs: number): Promise<DocumentId[]> =>
      (await claimDue(limit, leaseMs)).map((id) => DocumentId.parse(id)),

    /** The input is in storage; false when the document does not want it any more. */
    fetched: async ({ document, attempt }: Attempt, input: DocumentInput): Promise<boolean> =>
      (await run(
        "fetched",
        [keys.record(document), keys.fetches, keys.usage(dayOf(Date.now())), keys.kept],
        [document, attempt, JSON.stringify(input), input.bytes],
      )) === 1,

    /** Tries again after the next of `waits` (ms); false when there is none left, or the document wants none. */
    putOffFetch: async ({ document, attempt }: Attempt, waits: number[]): Promise<boolean> => {
      const now = Date.now();
      const due = waits.map((wait) => now + wait);
      return (await run("put-off-fetch", [keys.record(document), keys.fetches], [document, attempt, ...due])) === 1;
    },

    /** Nothing is to be fetched for it, or nothing can be. */
    dropFetch: async (id: DocumentId): Promise<void> => {
      await redis.multi().zrem(keys.fetches, id).hdel(keys.record(id), "source_url", "failed_fetches").exec();
    },
  };
};
