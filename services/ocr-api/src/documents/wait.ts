import { type Document, isFinal, type TenantId } from "@lectura/contracts";
import { type Changes, type DocumentRecord, toDocument, type Workers } from "@lectura/documents";
import { documentEtag, matches } from "./etag.ts";
import type { Find } from "./find.ts";

/** Looking at documents now or when something has happened. `seconds` bounds the wait, and so does `closing`. */
export const createWatch = ({
  find,
  changes,
  workers,
  closing,
}: {
  find: Find;
  changes: Changes;
  workers: Workers;
  closing: AbortSignal;
}) => {
  const view = async (record: DocumentRecord): Promise<Document> =>
    toDocument(record, isFinal(record.status) ? null : await workers.estimate(record));

  const until = async (
    tenant: TenantId,
    record: DocumentRecord,
    seconds: number,
    satisfied: (record: DocumentRecord) => boolean,
  ): Promise<DocumentRecord> => {
    if (seconds === 0 || satisfied(record)) return record;
    const signal = AbortSignal.any([closing, AbortSignal.timeout(seconds * 1000)]);
    return changes.waitUntil(record.id, async () => find(tenant, record.id), satisfied, signal);
  };

  return {
    view,
    /** The document when it is final, or as it is when the time is over. */
    untilFinal: async (tenant: TenantId, record: DocumentRecord, seconds: number): Promise<DocumentRecord> =>
      until(tenant, record, seconds, ({ status }) => isFinal(status)),
    /** The document when it is no longer what `If-None-Match` names, or as it is when the time is over. */
    untilChanged: async (
      tenant: TenantId,
      record: DocumentRecord,
      seconds: number,
      ifNoneMatch: string,
    ): Promise<DocumentRecord> =>
      until(tenant, record, seconds, (each) => !matches(ifNoneMatch, documentEtag(toDocument(each, null)))),
  };
};
export type Watch = ReturnType<typeof createWatch>;
