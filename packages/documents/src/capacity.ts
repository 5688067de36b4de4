import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";

const numberIn = (info: string, name: string): number =>
  Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);

/** How much more Redis can take, and when there will be more room. */
export const createCapacity = (redis: Redis, keys: Keys) => ({
  /** The share of its memory that is used; 0 where it has no limit. */
  memoryUse: async (): Promise<number> => {
    const info = await redis.info("memory");
    const most = numberIn(info, "maxmemory");
    return most === 0 ? 0 : numberIn(info, "used_memory") / most;
  },

  /** When the next document of whomever expires (ms since 1970); undefined when there is none. */
  nextExpiry: async (): Promise<number | undefined> => {
    const [, time] = await redis.zrange(keys.expiry, "0", "0", "WITHSCORES");
    return time === undefined ? undefined : Number(time);
  },
});
