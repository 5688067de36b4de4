import { CALLBACK, DeliveryId, type TenantId } from "@lectura/contracts";
import type { Redis } from "ioredis";
import { type DeliveryRecord, StoredDelivery } from "./delivery-record.ts";
import { callbackOf } from "./ids.ts";
import type { Keys } from "./keys.ts";
import type { WebhookRecord } from "./webhooks.ts";

/** Reading deliveries: by id, a webhook's newest first, and how many are pending. */
export const createDeliveryLog = (redis: Redis, keys: Keys) => {
  const read = async (id: string): Promise<DeliveryRecord | undefined> => {
    const wellFormed = DeliveryId.safeParse(id);
    if (!wellFormed.success) return undefined;
    const hash = await redis.hgetall(keys.delivery(wellFormed.data));
    return hash["tenant"] === undefined ? undefined : { id: wellFormed.data, ...StoredDelivery.parse(hash) };
  };

  return {
    read,

    /** A webhook's deliveries, newest first, going on after the id `after`. */
    list: async (
      { id, tenant }: Pick<WebhookRecord, "id"> & { tenant: TenantId },
      { limit, after }: { limit: number; after?: DeliveryId | undefined },
    ): Promise<{ items: DeliveryRecord[]; more: boolean }> => {
      const log = keys.log(id === CALLBACK ? callbackOf(tenant) : id);
      const ids = await redis.zrange(log, after ? `(${after}` : "+", "-", "BYLEX", "REV", "LIMIT", 0, limit + 1);
      const found = await Promise.all(ids.slice(0, limit).map(read));
      return { items: found.filter((delivery) => delivery !== undefined), more: ids.length > limit };
    },

    /** How many are pending and since when the one is overdue that has waited longest; for metrics. */
    backlog: async (): Promise<{ pending: number; overdueSince: number | undefined }> => {
      const [pending, [, since]] = await Promise.all([
        redis.zcard(keys.due),
        redis.zrange(keys.due, "0", "0", "WITHSCORES"),
      ]);
      return { pending, overdueSince: since === undefined ? undefined : Number(since) };
    },
  };
};
