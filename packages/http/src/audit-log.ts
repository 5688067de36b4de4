import { type AuditEntry, type AuditList, ProblemError, type TenantId } from "@lectura/contracts";
import type { Redis } from "ioredis";

/** Entries older than a year go. */
const KEPT_MS = 365 * 86_400_000;
/** As the stream names its entries: milliseconds and a count. */
const CURSOR = /^\d{13,15}-\d{1,10}$/;

const parseEntry = ([id, fields]: [string, string[]]): AuditEntry => {
  const value = (name: string): string => fields[fields.indexOf(name) + 1] ?? "";
  return {
    at: new Date(Number.parseInt(id, 10)).toISOString(),
    actor: value("actor"),
    action: value("action"),
    document_id: value("document_id") || null,
    trace_id: value("trace_id"),
  };
};

/** What has been done in a tenant, in the order in which it was: entries are added and read, never changed. */
export const createAuditLog = ({ redis, prefix = "lectura" }: { redis: Redis; prefix?: string }) => {
  const keyOf = (tenant: TenantId): string => `${prefix}:audit:${tenant}`;
  return {
    add: async (tenant: TenantId, entry: Omit<AuditEntry, "at">): Promise<void> => {
      const fields = Object.entries({ ...entry, document_id: entry.document_id ?? "" }).flat();
      await redis.xadd(keyOf(tenant), "MINID", "~", Date.now() - KEPT_MS, "*", ...fields);
    },

    /** Newest first. */
    list: async (
      tenant: TenantId,
      { limit, cursor }: { limit: number; cursor?: string | undefined },
    ): Promise<AuditList> => {
      if (cursor !== undefined && !CURSOR.test(cursor))
        throw new ProblemError("malformed-request", "The cursor is not one that a list has given.");
      const from = cursor === undefined ? "+" : `(${cursor}`;
      const found = await redis.xrevrange(keyOf(tenant), from, "-", "COUNT", limit + 1);
      const shown = found.slice(0, limit);
      return { items: shown.map(parseEntry), next_cursor: found.length > limit ? (shown.at(-1)?.[0] ?? null) : null };
    },
  };
};
export type AuditLog = ReturnType<typeof createAuditLog>;
