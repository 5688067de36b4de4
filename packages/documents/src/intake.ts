import type { DocumentId, DocumentInput, DocumentOptions, TenantId } from "@lectura/contracts";
import type { Keys } from "./keys.ts";
import { RECORD_VERSION } from "./record.ts";
import type { RunScript } from "./scripts.ts";

const TOMBSTONE_SECONDS = 30 * 86_400;

export interface NewDocument {
  id: DocumentId;
  tenant: TenantId;
  input: DocumentInput;
  options: DocumentOptions;
  trace_id: string;
  now: number;
}

/** A document's coming and going, each one Lua file. */
export const createIntake = (run: RunScript, keys: Keys) => ({
  /** Makes the record, queued, in all indexes at once. */
  create: async ({ id, tenant, input, options, trace_id, now }: NewDocument): Promise<void> => {
    const expires = now + options.ttl * 1000;
    const fields = {
      v: RECORD_VERSION,
      tenant,
      status: "queued",
      attempt: 1,
      trace_id,
      created_at: now,
      expires_at: expires,
      input: JSON.stringify(input),
      options: JSON.stringify(options),
    };
    await run(
      "create",
      [
        keys.record(id),
        keys.tenant(tenant),
        keys.reference(tenant, options.reference),
        keys.open,
        keys.waiting,
        keys.expiry,
        keys.receiving,
      ],
      [id, `${tenant}/${id}`, now, expires, ...Object.entries(fields).flat()],
    );
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
