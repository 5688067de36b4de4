import { HoldLostError, KEY_LASTS_MS, type Hold } from "./idempotency.ts";
import type { Keys } from "./keys.ts";
import { TooManyBytesError, TooManyInFlightError } from "./shares.ts";
import { dayOf } from "./usage.ts";
import { type DocumentRecord, type NewDocument, newRecord } from "./record.ts";
import type { RunScript } from "./scripts.ts";

const TOMBSTONE_SECONDS = 30 * 86_400;

/** What has to be known of a document to take it out of every index. */
interface Grave extends Pick<DocumentRecord, "id" | "tenant">, Partial<Pick<DocumentRecord, "found_by">> {
  reference: string | null;
}

/** A new record as the fields of its hash; what it has not is left out. */
const fieldsOf = (record: DocumentRecord): Record<string, string | number> => {
  const { v, tenant, status, attempt, trace_id, created_at, expires_at } = record;
  return {
    v,
    tenant,
    status,
    attempt,
    trace_id,
    created_at,
    expires_at,
    input: JSON.stringify(record.input),
    options: JSON.stringify(record.options),
    ...(record.source_url !== null && { source_url: record.source_url }),
    ...(record.traceparent !== null && { traceparent: record.traceparent }),
    ...(record.anew && { anew: 1 }),
    ...(record.sealed_password !== null && { sealed_password: record.sealed_password }),
  };
};

/** A document's coming and going, each one Lua file. */
export const createIntake = (run: RunScript, keys: Keys) => ({
  /**
   * Makes the record, queued, in all indexes at once; with `once` its key stands for the document from here on.
   * `most` bounds what the tenant has in flight and what it keeps, 0 does not.
   * @throws HoldLostError when the key is another's by now, TooManyInFlightError, TooManyBytesError
   */
  create: async (
    document: NewDocument,
    once?: { hold: Hold; fingerprint: string },
    most = { inFlight: 0, keptBytes: 0 },
  ): Promise<DocumentRecord> => {
    const record = newRecord(document);
    const { id, tenant, created_at, expires_at } = record;
    const made = await run(
      "create",
      [
        keys.record(id),
        keys.tenant(tenant),
        keys.reference(tenant, record.options.reference),
        keys.open,
        keys.waiting,
        keys.expiry,
        keys.receiving,
        once ? keys.idempotency(tenant, once.hold.key) : keys.record(id),
        keys.inFlight,
        keys.usage(dayOf(created_at)),
        keys.kept,
      ],
      [
        id,
        `${tenant}/${id}`,
        created_at,
        expires_at,
        once?.hold.holder ?? "",
        once?.fingerprint ?? "",
        KEY_LASTS_MS,
        tenant,
        record.input?.bytes ?? 0,
        most.inFlight,
        most.keptBytes,
        ...Object.entries(fieldsOf(record)).flat(),
      ],
    );
    if (made === -3) throw new TooManyBytesError("the tenant keeps as many bytes as it may");
    if (made === -2) throw new TooManyInFlightError("the tenant has as many documents in flight as it may");
    if (made === -1) throw new HoldLostError("another request has taken the Idempotency-Key");
    return record;
  },

  /** Leaves only a tombstone; false when there is no such document of this tenant. The bytes go separately. */
  bury: async ({ id, tenant, reference, found_by = null }: Grave, as: "deleted" | "expired"): Promise<boolean> =>
    (await run(
      "bury",
      [
        ...keys.document(id),
        keys.tenant(tenant),
        keys.reference(tenant, reference),
        keys.open,
        keys.waiting,
        keys.expiry,
        keys.purge,
        found_by === null ? keys.record(id) : keys.cache(tenant, found_by),
        keys.letters(id),
        keys.allLetters,
        keys.inFlight,
        keys.pagesLeft,
        keys.ended,
        keys.kept,
      ],
      [id, tenant, as, Date.now(), TOMBSTONE_SECONDS, keys.changes],
    )) === 1,
});
