import { type Document, DocumentId, type DocumentStatus, ProblemError, type TenantId } from "@lectura/contracts";
import type { DocumentStore } from "@lectura/documents";
import type { Watch } from "./wait.ts";

interface Query {
  status?: DocumentStatus | undefined;
  reference?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** A tenant's documents, newest first. The cursor is the id of the last one seen. */
export const createList =
  ({ documents, watch }: { documents: DocumentStore; watch: Watch }) =>
  async (tenant: TenantId, { cursor, ...query }: Query): Promise<{ items: Document[]; next_cursor: string | null }> => {
    const after = DocumentId.optional().safeParse(cursor);
    if (!after.success) throw new ProblemError("malformed-request", "The cursor is not one that a list has given.");
    const { items, more } = await documents.list(tenant, { ...query, after: after.data });
    return {
      items: await Promise.all(items.map(watch.view)),
      next_cursor: more ? (items.at(-1)?.id ?? null) : null,
    };
  };
export type List = ReturnType<typeof createList>;
