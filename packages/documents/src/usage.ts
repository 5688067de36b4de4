import type { TenantId, UsageDay } from "@lectura/contracts";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";

/** The day of a time (ms since 1970) in UTC, as `2026-11-25`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** What tenants have used, day by day. */
export const createUsage = (redis: Redis, keys: Keys) => ({
  usageOf: async (tenant: TenantId, days: string[]): Promise<UsageDay[]> =>
    Promise.all(
      days.map(async (day) => {
        const fields = ["pages", "cached_pages", "bytes", "cpu_ms"].map((what) => `${tenant}/${what}`);
        const [pages = 0, cached = 0, bytes = 0, cpu = 0] = (await redis.hmget(keys.usage(day), ...fields)).map(Number);
        return { day, pages, cached_pages: cached, bytes, cpu_seconds: cpu / 1000 };
      }),
    ),
});
