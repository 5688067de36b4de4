import { DocumentId, TenantId, WebhookEvent } from "@lectura/contracts";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";

/** That a document has ended: all that a webhook has to know, whatever becomes of the record. */
export interface Ending {
  tenant: TenantId;
  document: DocumentId;
  attempt: number;
  event: WebhookEvent;
  /** Milliseconds since 1970. */
  at: number;
  /** Of the span that the document came in by, or only its trace's id. */
  traceparent: string;
  callback_url: string | null;
  /** As it stands in Redis, to be taken away by whoever has told the webhooks. */
  entry: string;
}

const parseEntry = (entry: string): Ending => {
  const [tenant, document, attempt, status, at, traceparent = "", callback_url] = entry.split(" ");
  return {
    tenant: TenantId.parse(tenant),
    document: DocumentId.parse(document),
    attempt: Number(attempt),
    event: WebhookEvent.parse(`document.${status}`),
    at: Number(at),
    traceparent,
    callback_url: callback_url || null,
    entry,
  };
};

/** The ends of documents that webhooks are owed; written by the Lua files that end documents. */
export const createEnded = (redis: Redis, keys: Keys) => ({
  /** The oldest ones. */
  ended: async (limit: number): Promise<Ending[]> =>
    (await redis.zrange(keys.ended, "0", String(limit - 1))).map(parseEntry),

  /** How many there are, for metrics. */
  endedCount: async (): Promise<number> => redis.zcard(keys.ended),
});
