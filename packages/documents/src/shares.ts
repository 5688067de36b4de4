import { DocumentId, type TenantId } from "@lectura/contracts";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";

/** A tenant has as many documents in flight as it may; found out by the script that would have made one more. */
export class TooManyInFlightError extends Error {
  override readonly name = "TooManyInFlightError";
}

/** What a tenant has of its shares just now. */
export const createShares = (redis: Redis, keys: Keys) => ({
  /** How many of its documents are not final. */
  inFlight: async (tenant: TenantId): Promise<number> => redis.zlexcount(keys.inFlight, `[${tenant}/`, `(${tenant}0`),

  /** The one of them that came first; undefined when there is none. */
  oldestInFlight: async (tenant: TenantId): Promise<DocumentId | undefined> => {
    const [member] = await redis.zrangebylex(keys.inFlight, `[${tenant}/`, `(${tenant}0`, "LIMIT", 0, 1);
    return member === undefined ? undefined : DocumentId.parse(member.slice(tenant.length + 1));
  },

  /** Pages of it that were read in this hour of the clock. */
  pagesThisHour: async (tenant: TenantId): Promise<number> =>
    Number((await redis.hget(keys.pagesOfHour(Date.now()), tenant)) ?? 0),
});
