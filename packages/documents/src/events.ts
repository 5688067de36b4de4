import { type DocumentEvent, type DocumentId, DocumentStatus, EventType, Failure } from "@lectura/contracts";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Keys } from "./keys.ts";

/** So many events are in memory at once for each reader. */
const BATCH = 500;

const StoredEvent = z.object({
  type: EventType,
  at: z.coerce.number(),
  page: z.string(),
  total: z.string(),
  done: z.coerce.number(),
  failed: z.coerce.number(),
  error: z.string(),
});

const numberOrNull = (text: string): number | null => (text === "" ? null : Number(text));

/** Events of pages and of progress happen while the document is in work; the others are named after its status. */
const statusAfter = (type: EventType): DocumentStatus =>
  DocumentStatus.catch("processing").parse(type.slice("document.".length));

const toEvent = (document: DocumentId, fields: string[]): DocumentEvent => {
  const pairs = fields.flatMap((name, index) => (index % 2 === 0 ? [[name, fields[index + 1]]] : []));
  const { type, at, page, total, done, failed, error } = StoredEvent.parse(Object.fromEntries(pairs));
  return {
    type,
    document_id: document,
    at: new Date(at).toISOString(),
    page: numberOrNull(page),
    pages: { total: numberOrNull(total), done, failed },
    status: statusAfter(type),
    error: error === "" ? null : Failure.parse(JSON.parse(error)),
  };
};

/** What has happened to documents, in order. Ids count from 1; they are kept as long as the document. */
export const createEvents = (redis: Redis, keys: Keys) => ({
  /** The next events after the one with this id, at most some hundred; 0 begins with the first. */
  eventsAfter: async (document: DocumentId, last: number): Promise<{ id: number; event: DocumentEvent }[]> => {
    const found = await redis.xrange(keys.events(document), `(${last}-0`, "+", "COUNT", BATCH);
    return found.map(([id, fields]) => ({ id: Number.parseInt(id, 10), event: toEvent(document, fields) }));
  },

  /** How many events there are, which is the id of the last one. */
  lastEvent: async (document: DocumentId): Promise<number> => redis.xlen(keys.events(document)),
});
