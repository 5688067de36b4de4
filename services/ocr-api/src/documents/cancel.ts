import { type DocumentId, ProblemError, type TenantId } from "@lectura/contracts";
import type { DocumentRecord, DocumentStore } from "@lectura/documents";
import type { Find } from "./find.ts";

/** Ends a document that is not finished; its workers notice within a second. @throws ProblemError 404, 409 or 410 */
export const createCancel =
  ({ documents, find }: { documents: DocumentStore; find: Find }) =>
  async (tenant: TenantId, id: string): Promise<DocumentRecord> => {
    const wellFormed: DocumentId = (await find(tenant, id)).id;
    const cancelled = await documents.cancel(tenant, wellFormed);
    const record = await find(tenant, wellFormed);
    if (cancelled) return record;
    throw new ProblemError("already-finished", `The document is ${record.status}.`);
  };
export type Cancel = ReturnType<typeof createCancel>;
