import { Scope, TenantId } from "@lectura/contracts";
import type { ChainableCommander, Redis } from "ioredis";
import { z } from "zod";

const time = z.coerce.number().int();

/** An API key as Redis keeps it: the secret only as its hash. Times are milliseconds since 1970. */
const StoredApiKey = z.object({
  tenant: TenantId,
  name: z.string(),
  scopes: z.string().transform((text) => z.array(Scope).parse(text.split(" "))),
  hash: z.string(),
  /** Subject of the token it was made with. */
  created_by: z.string(),
  created_at: time,
  expires_at: time.nullable().default(null),
  last_used_at: time.nullable().default(null),
});
export type StoredApiKey = z.infer<typeof StoredApiKey> & { id: string };

// Written with every use it would cost a durable write per call.
const USE_GRAIN_MS = 60_000;
// A list that shows only some of the keys reads on until it is full; this many at a time.
const BATCH = 100;

export interface KeyListQuery {
  /** Place in the tenant's list, from 0, newest first. */
  offset: number;
  limit: number;
  isVisible: (key: StoredApiKey) => boolean;
}

export const createApiKeyStore = ({ redis, prefix = "lectura" }: { redis: Redis; prefix?: string }) => {
  const keyOf = (id: string): string => `${prefix}:api-key:${id}`;
  const ofTenant = (tenant: TenantId): string => `${prefix}:api-keys:${tenant}`;

  const find = async (id: string): Promise<StoredApiKey | undefined> => {
    const hash = await redis.hgetall(keyOf(id));
    return hash["tenant"] === undefined ? undefined : { ...StoredApiKey.parse(hash), id };
  };

  /** Puts the writing of a key into a transaction. */
  const addIn = (transaction: ChainableCommander, key: StoredApiKey): ChainableCommander => {
    const { id, tenant, name, hash, created_by, created_at, expires_at } = key;
    const scopes = key.scopes.join(" ");
    const fields = {
      tenant,
      name,
      scopes,
      hash,
      created_by,
      created_at,
      ...(expires_at === null ? {} : { expires_at }),
    };
    return transaction.hset(keyOf(id), fields).zadd(ofTenant(tenant), created_at, id);
  };

  return {
    find,
    addIn,

    add: async (key: StoredApiKey): Promise<void> => {
      await addIn(redis.multi(), key).exec();
    },

    /** The visible ones, newest first; `next` is the offset of the first that did not fit. */
    list: async (
      tenant: TenantId,
      { offset, limit, isVisible }: KeyListQuery,
    ): Promise<{ items: StoredApiKey[]; next: number | null }> => {
      const items: StoredApiKey[] = [];
      for (let start = offset; ; start += BATCH) {
        const ids = await redis.zrevrange(ofTenant(tenant), start, start + BATCH - 1);
        for (const [index, key] of (await Promise.all(ids.map(find))).entries()) {
          if (!key || !isVisible(key)) continue;
          if (items.length === limit) return { items, next: start + index };
          items.push(key);
        }
        if (ids.length < BATCH) return { items, next: null };
      }
    },

    remove: async ({ id, tenant }: Pick<StoredApiKey, "id" | "tenant">): Promise<void> => {
      await redis.multi().del(keyOf(id)).zrem(ofTenant(tenant), id).exec();
    },

    /** Remembers the use, to the minute. */
    used: async (key: StoredApiKey, now: number): Promise<void> => {
      if (key.last_used_at !== null && now - key.last_used_at < USE_GRAIN_MS) return;
      // XX by hand: a key deleted in this very moment must not come back as a stump.
      if (await redis.exists(keyOf(key.id))) await redis.hset(keyOf(key.id), "last_used_at", now);
    },
  };
};
export type ApiKeyStore = ReturnType<typeof createApiKeyStore>;
