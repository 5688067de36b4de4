import { type DocumentEvent, isFinal, ProblemError, type TenantId } from "@lectura/contracts";
import type { Changes, DocumentRecord, DocumentStore } from "@lectura/documents";
import type { Find } from "./find.ts";

/** Proxies and clients give a silent connection up; every ten seconds they hear something. */
const HEARTBEAT_MS = 10_000;
const RECONNECT_AFTER_MS = 1000;

type Numbered = { id: number; event: DocumentEvent };

const frame = ({ id, event }: Numbered): string =>
  `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** The last event of a document whose time ended while somebody listened; its record and its events are gone. */
const expiry = (record: DocumentRecord, id: number): Numbered => ({
  id,
  event: {
    type: "document.expired",
    document_id: record.id,
    at: new Date(record.expires_at).toISOString(),
    page: null,
    pages: { total: record.total, done: record.done, failed: record.failed },
    status: "expired",
    error: null,
  },
});

/** The id after which a client wants to go on, 0 for all: `Last-Event-ID` counts when there is such an event. */
const after = (lastEventId: string | string[] | undefined, count: number): number => {
  const known = typeof lastEventId === "string" && /^[1-9]\d{0,14}$/.test(lastEventId) ? Number(lastEventId) : 0;
  return known <= count ? known : 0;
};

/** A document's events as they happen, in the form of server-sent events, from any replica and from any point on. */
export const createEventStream = ({
  documents,
  find,
  changes,
  closing,
  heartbeatMs = HEARTBEAT_MS,
}: {
  documents: DocumentStore;
  find: Find;
  changes: Changes;
  closing: AbortSignal;
  heartbeatMs?: number;
}) => {
  /** What has happened since; `gone` says how the document ended when it is no longer there. */
  const look = async (tenant: TenantId, record: DocumentRecord, last: number) => {
    try {
      await find(tenant, record.id);
      return { events: await documents.eventsAfter(record.id, last), gone: undefined };
    } catch (error) {
      if (error instanceof ProblemError) return { events: [], gone: error.code };
      throw error;
    }
  };

  async function* follow(tenant: TenantId, record: DocumentRecord, from: number, left: AbortSignal) {
    yield `retry: ${RECONNECT_AFTER_MS}\n\n`;
    const ended = AbortSignal.any([closing, left]);
    for (let last = from; !ended.aborted;) {
      const { events, gone } = await changes.waitUntil(
        record.id,
        async () => look(tenant, record, last),
        (seen) => seen.gone !== undefined || seen.events.length > 0,
        AbortSignal.any([ended, AbortSignal.timeout(heartbeatMs)]),
      );
      if (gone === "document-expired") yield frame(expiry(record, last + 1));
      if (gone !== undefined) return;
      if (events.length === 0) yield ": still here\n\n";
      for (const each of events) yield frame(each);
      const newest = events.at(-1);
      if (newest && isFinal(newest.event.status)) return;
      last = newest?.id ?? last;
    }
  }

  /** The stream from the client's point on until `left` or the end; undefined when it has seen the end before. */
  return async (
    tenant: TenantId,
    record: DocumentRecord,
    lastEventId: string | string[] | undefined,
    left: AbortSignal,
  ): Promise<AsyncGenerator<string> | undefined> => {
    const count = await documents.lastEvent(record.id);
    const from = after(lastEventId, count);
    if (isFinal(record.status) && from === count) return undefined;
    return follow(tenant, record, from, left);
  };
};
export type EventStream = ReturnType<typeof createEventStream>;
