import { type DocumentId, type DocumentStatus, type TenantId } from "@lectura/contracts";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";
import type { Attempt } from "./progress.ts";
import { type DocumentRecord, isTombstone, parseRecord, type Tombstone } from "./record.ts";

// A list with a status filter reads on until it has a page; this many records at a time.
const BATCH = 100;

export interface ListQuery {
  status?: DocumentStatus | undefined;
  reference?: string | undefined;
  limit: number;
  /** The id after which to go on. */
  after?: DocumentId | undefined;
}

/** Reading documents: by id, and a tenant's newest first. */
export const createLookup = (redis: Redis, keys: Keys) => {
  const readMany = async (ids: DocumentId[]): Promise<(DocumentRecord | Tombstone | undefined)[]> => {
    const found = await Promise.all(
      ids.map(async (id) =>
        Promise.all([redis.hgetall(keys.record(id)), redis.scard(keys.done(id)), redis.hlen(keys.failed(id))] as const),
      ),
    );
    return ids.map((id, index) => {
      const [hash, done, failed] = found[index] ?? [{}, 0, 0];
      return parseRecord(id, hash, { done, failed });
    });
  };

  const read = async (id: DocumentId): Promise<DocumentRecord | Tombstone | undefined> => (await readMany([id]))[0];

  const list = async (tenant: TenantId, query: ListQuery): Promise<{ items: DocumentRecord[]; more: boolean }> => {
    const index = keys.reference(tenant, query.reference ?? null);
    const items: DocumentRecord[] = [];
    let max = query.after ? `(${query.after}` : "+";
    for (;;) {
      const ids = await redis.zrange(index, max, "-", "BYLEX", "REV", "LIMIT", 0, BATCH);
      for (const record of await readMany(ids)) {
        if (!record || isTombstone(record) || (query.status && record.status !== query.status)) continue;
        if (items.length === query.limit) return { items, more: true };
        items.push(record);
      }
      const last = ids.at(-1);
      if (ids.length < BATCH || !last) return { items, more: false };
      max = `(${last}`;
    }
  };

  /** Whether a page has been settled, well or badly. */
  const isSettled = async (id: DocumentId, page: number): Promise<boolean> => {
    const [done, failed] = await Promise.all([
      redis.sismember(keys.done(id), page),
      redis.hexists(keys.failed(id), String(page)),
    ]);
    return done === 1 || failed === 1;
  };

  /** The pages that have been settled, well or badly. */
  const settledPages = async (id: DocumentId): Promise<Set<number>> => {
    const [done, failed] = await Promise.all([redis.smembers(keys.done(id)), redis.hkeys(keys.failed(id))]);
    return new Set([...done, ...failed].map(Number));
  };

  const isAt = async (wanted: DocumentStatus, { document, attempt }: Attempt): Promise<boolean> => {
    const [status, current] = await redis.hmget(keys.record(document), "status", "attempt");
    return status === wanted && current === String(attempt);
  };

  /** Whether a document is being worked on in this attempt: not final, not gone, not begun anew. */
  const isInWork = async (job: Attempt): Promise<boolean> => isAt("processing", job);

  /** Whether a document has yet to be taken into work in this attempt. */
  const isQueued = async (job: Attempt): Promise<boolean> => isAt("queued", job);

  /** Whether an upload has not become a document: neither record nor tombstone. */
  const isUnrecorded = async (id: DocumentId): Promise<boolean> => (await redis.exists(keys.record(id))) === 0;

  /** A tenant's document that was recognised well and is found by one of these keys. */
  const findResult = async (tenant: TenantId, by: string[]): Promise<DocumentRecord | undefined> => {
    const ids = await Promise.all(by.map(async (key) => redis.get(keys.cache(tenant, key))));
    const found = await readMany(ids.filter((id) => id !== null));
    return found.find(
      (record): record is DocumentRecord =>
        record !== undefined && !isTombstone(record) && record.tenant === tenant && record.status === "succeeded",
    );
  };

  /** Has everybody who waits for a document look at it again: something of it is there that the record does not tell. */
  const announce = async (id: DocumentId): Promise<void> => {
    await redis.publish(keys.changes, id);
  };

  return { read, announce, isInWork, isQueued, isUnrecorded, list, isSettled, settledPages, findResult };
};
