import { DocumentId, ProblemError, type TenantId } from "@lectura/contracts";
import { type DocumentStore, isTombstone, storageKeys } from "@lectura/documents";
import type { Storage } from "@lectura/storage";

/**
 * Deletes a document: record and indexes at once, bytes right after. What a page running just now still writes is
 * removed by its worker, or by the sweeper. @throws ProblemError 404, also when it was deleted before
 */
export const createRemove =
  ({ documents, storage }: { documents: DocumentStore; storage: Storage }) =>
  async (tenant: TenantId, id: string): Promise<void> => {
    const wellFormed = DocumentId.safeParse(id);
    const record = wellFormed.success ? await documents.read(wellFormed.data) : undefined;
    const buried =
      record &&
      !isTombstone(record) &&
      (await documents.bury({ ...record, tenant, reference: record.options.reference }, "deleted"));
    if (!buried) throw new ProblemError("not-found", "There is no such document.");
    await storage.deletePrefix(storageKeys(tenant, record.id).prefix);
  };
export type Remove = ReturnType<typeof createRemove>;
