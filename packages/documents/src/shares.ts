import { DocumentId, OwnLimits, type TenantId } from "@lectura/contracts";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";

/** A tenant has as many documents in flight as it may; found out by the script that would have made one more. */
export class TooManyInFlightError extends Error {
  override readonly name = "TooManyInFlightError";
}

/** A tenant keeps as many bytes as it may; found out by the script that would have added to them. */
export class TooManyBytesError extends Error {
  override readonly name = "TooManyBytesError";
}

/** Who deletes or waits for more than these is not helped by knowing when the next one goes. */
const OLDEST = 100;

/** A hash of strings, which has limits of the gateway, too. */
const parseLimits = (hash: Record<string, string>): OwnLimits =>
  OwnLimits.parse(Object.fromEntries(Object.entries(hash).map(([name, value]) => [name, Number(value)])));

/** What a tenant has of its shares just now, and how large they are. */
export const createShares = (redis: Redis, keys: Keys) => ({
  /** Limits that its operator has given it; in force from the next call on. */
  ownLimits: async (tenant: TenantId): Promise<OwnLimits> => parseLimits(await redis.hgetall(keys.limits(tenant))),

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

  /** Bytes of the inputs of all its documents. */
  keptBytes: async (tenant: TenantId): Promise<number> => Number((await redis.hget(keys.kept, tenant)) ?? 0),

  /** When the first of its oldest documents expires (ms since 1970); undefined when it has none. */
  nextExpiryOf: async (tenant: TenantId): Promise<number | undefined> => {
    const oldest = await redis.zrange(keys.tenant(tenant), "-", "+", "BYLEX", "LIMIT", 0, OLDEST);
    if (oldest.length === 0) return undefined;
    const times = (await redis.zmscore(keys.expiry, ...oldest)).flatMap((time) =>
      time === null ? [] : [Number(time)],
    );
    return times.length === 0 ? undefined : Math.min(...times);
  },
});
