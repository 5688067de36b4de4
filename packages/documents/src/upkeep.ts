import { DocumentId, TenantId } from "@lectura/contracts";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";

/** A document by the two names that also make its storage prefix. */
export interface Owned {
  tenant: TenantId;
  id: DocumentId;
}

const parseOwned = (member: string): Owned => {
  const [tenant, id] = member.split("/");
  return { tenant: TenantId.parse(tenant), id: DocumentId.parse(id) };
};
const formatOwned = ({ tenant, id }: Owned): string => `${tenant}/${id}`;

/** What the sweeper has to know: what stands still, what is over, whose bytes have to go. Times in ms since 1970. */
export const createUpkeep = (redis: Redis, keys: Keys) => ({
  /** Notes that bytes of an upload are about to be stored; `create` takes the note away again. */
  receiving: async (document: Owned): Promise<void> => {
    await redis.zadd(keys.receiving, Date.now(), formatOwned(document));
  },

  /** The upload has ended without a document and left nothing. */
  received: async (document: Owned): Promise<void> => {
    await redis.zrem(keys.receiving, formatOwned(document));
  },

  /** Uploads that began before `before` and never became a document. */
  abandoned: async (before: number, limit: number): Promise<Owned[]> =>
    (await redis.zrangebyscore(keys.receiving, "-inf", before, "LIMIT", 0, limit)).map(parseOwned),

  /** Documents that are not final and that nobody has worked on since `before`. */
  idle: async (before: number, limit: number): Promise<DocumentId[]> =>
    redis.zrangebyscore(keys.open, "-inf", before, "LIMIT", 0, limit),

  /** Notes that an idle document has been looked after. */
  lookedAfter: async (id: DocumentId): Promise<void> => {
    await redis.zadd(keys.open, "XX", Date.now(), id);
  },

  /** When the document came in that has waited longest to be taken up; undefined when none waits. */
  oldestWaiting: async (): Promise<number | undefined> => {
    const [, cameIn] = await redis.zrange(keys.waiting, "0", "0", "WITHSCORES");
    return cameIn === undefined ? undefined : Number(cameIn);
  },

  expired: async (now: number, limit: number): Promise<DocumentId[]> =>
    redis.zrangebyscore(keys.expiry, "-inf", now, "LIMIT", 0, limit),

  /** Documents buried before `before`, whose bytes are to be removed for the last time. */
  buried: async (before: number, limit: number): Promise<Owned[]> =>
    (await redis.zrangebyscore(keys.purge, "-inf", before, "LIMIT", 0, limit)).map(parseOwned),

  /** The bytes of a buried document are gone for good. */
  purged: async (document: Owned): Promise<void> => {
    await redis.zrem(keys.purge, formatOwned(document));
  },

  /** Lets one process at a time sweep; false when another one does. The right lapses after `ms`. */
  claimSweep: async (ms: number): Promise<boolean> =>
    (await redis.set(`${keys.open}:sweeper`, "1", "PX", ms, "NX")) === "OK",
});
