import type { DocumentId, TenantId } from "@lectura/contracts";
import type { Keys } from "./keys.ts";
import { type DocumentRecord, type NewDocument, newRecord } from "./record.ts";
import type { RunScript } from "./scripts.ts";

const TOMBSTONE_SECONDS = 30 * 86_400;

/** A document's coming and going, each one Lua file. */
export const createIntake = (run: RunScript, keys: Keys) => ({
  /** Makes the record, queued, in all indexes at once. */
  create: async (document: NewDocument): Promise<DocumentRecord> => {
    const record = newRecord(document);
    const { id, v, tenant, status, attempt, trace_id, created_at, expires_at } = record;
    const fields = {
      v,
      tenant,
      status,
      attempt,
      trace_id,
      created_at,
      expires_at,
      input: JSON.stringify(record.input),
      options: JSON.stringify(record.options),
      ...(record.sealed_password !== null && { sealed_password: record.sealed_password }),
    };
    await run(
      "create",
      [
        keys.record(id),
        keys.tenant(tenant),
        keys.reference(tenant, record.options.reference),
        keys.open,
        keys.waiting,
        keys.expiry,
        keys.receiving,
      ],
      [id, `${tenant}/${id}`, created_at, expires_at, ...Object.entries(fields).flat()],
    );
    return record;
  },

  /** Leaves only a tombstone; false when there is no such document of this tenant. The bytes go separately. */
  bury: async (
    { id, tenant, reference }: { id: DocumentId; tenant: TenantId; reference: string | null },
    as: "deleted" | "expired",
  ): Promise<boolean> =>
    (await run(
      "bury",
      [
        keys.record(id),
        keys.done(id),
        keys.failed(id),
        keys.tenant(tenant),
        keys.reference(tenant, reference),
        keys.open,
        keys.waiting,
        keys.expiry,
        keys.purge,
      ],
      [id, tenant, as, Date.now(), TOMBSTONE_SECONDS, keys.changes],
    )) === 1,
});
