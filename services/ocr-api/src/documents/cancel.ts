import { ProblemError, type TenantId } from "@lectura/contracts";
import { type DocumentRecord, type DocumentStore, storageKeys } from "@lectura/documents";
import type { Storage } from "@lectura/storage";
import type { Find } from "./find.ts";

/** Ends a document that is not finished; its workers notice within a second. @throws ProblemError 404, 409 or 410 */
export const createCancel =
  ({ documents, storage, find }: { documents: DocumentStore; storage: Storage; find: Find }) =>
  async (tenant: TenantId, id: string): Promise<DocumentRecord> => {
    const { id: wellFormed, sealed_password } = await find(tenant, id);
    const cancelled = await documents.cancel(tenant, wellFormed);
    // What it opens has left the record by then.
    if (sealed_password !== null) await storage.delete(storageKeys(tenant, wellFormed).passwordKey);
    const record = await find(tenant, wellFormed);
    if (cancelled) return record;
    throw new ProblemError("already-finished", `The document is ${record.status}.`);
  };
export type Cancel = ReturnType<typeof createCancel>;
