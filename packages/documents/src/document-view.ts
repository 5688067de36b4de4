import { type Document, isFinal } from "@lectura/contracts";
import type { DocumentRecord } from "./record.ts";

const rfc3339 = (ms: number): string => new Date(ms).toISOString();
const rfc3339OrNull = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));

const NOT_FETCHED: Document["input"] = { filename: null, media_type: null, bytes: null, sha256: null };

/** A record as clients see it. */
export const toDocument = (record: DocumentRecord, queue: Document["queue"]): Document => {
  // A callback's URL often carries a token: whoever may read documents need not know it.
  const { reference, callback_url: _told, ...options } = record.options;
  const self = `/v1/documents/${record.id}`;
  return {
    id: record.id,
    status: record.status,
    reference,
    input: record.input ?? NOT_FETCHED,
    options,
    pages: { total: record.total, done: record.done, failed: record.failed },
    confidence: record.confidence,
    cached: record.cached,
    truncated: false,
    queue: isFinal(record.status) ? null : queue,
    created_at: rfc3339(record.created_at),
    started_at: rfc3339OrNull(record.started_at),
    finished_at: rfc3339OrNull(record.finished_at),
    expires_at: rfc3339(record.expires_at),
    error: record.error,
    trace_id: record.trace_id,
    links: { self, result: `${self}/result`, events: `${self}/events`, cancel: `${self}/cancel` },
  };
};
