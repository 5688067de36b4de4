import { DocumentId, ProblemError, type TenantId } from "@lectura/contracts";
import { type DocumentRecord, type DocumentStore, isTombstone } from "@lectura/documents";

const notFound = (): ProblemError => new ProblemError("not-found", "There is no such document.");

/** A tenant's document. @throws ProblemError 404 also for somebody else's, 410 for one that is gone */
export const createFind =
  ({ documents }: { documents: DocumentStore }) =>
  async (tenant: TenantId, id: string): Promise<DocumentRecord> => {
    const wellFormed = DocumentId.safeParse(id);
    if (!wellFormed.success) throw notFound();
    const record = await documents.read(wellFormed.data);
    if (!record || record.tenant !== tenant) throw notFound();
    if (!isTombstone(record)) return record;
    throw record.status === "deleted"
      ? new ProblemError("document-deleted", "The document was deleted and its content is gone.")
      : new ProblemError("document-expired", "The document's time to live is over and its content is gone.");
  };
export type Find = ReturnType<typeof createFind>;
