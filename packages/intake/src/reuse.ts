import { type DocumentId, type DocumentInput, selectPages, type TenantId } from "@lectura/contracts";
import { type DocumentRecord, type DocumentStore, resultKey, storageKeys, type Workers } from "@lectura/documents";
import type { Storage } from "@lectura/storage";

/** Copies on their way at once. */
const LANES = 16;

/** The pages that a document has without being recognised. */
export interface Reused {
  sourcePages: number;
  pages: number[];
}

/**
 * Gives a new document copies of the pages of an earlier one that asked for the same, and says which; undefined when
 * there is none, or when it went while it was being copied: what has been copied by then is written over.
 */
export const createReuse =
  ({ documents, workers, storage }: { documents: DocumentStore; workers: Workers; storage: Storage }) =>
  async (
    tenant: TenantId,
    id: DocumentId,
    upload: Pick<DocumentRecord, "options"> & { input: DocumentInput },
  ): Promise<Reused | undefined> => {
    const recognisers = await workers.recognisers();
    const by = new Set(recognisers.map((each) => resultKey(upload, each)));
    const earlier: DocumentRecord | undefined = await documents.findResult(tenant, [...by]);
    if (!earlier?.source_pages) return undefined;
    const pages = selectPages(earlier.options.pages, earlier.source_pages);
    const [from, to] = [storageKeys(tenant, earlier.id), storageKeys(tenant, id)];
    const waiting = pages.values();
    const lanes = Array.from({ length: LANES }, async () => {
      for (const page of waiting) if (!(await storage.copy(from.page(page), to.page(page)))) return false;
      return true;
    });
    const complete = (await Promise.all(lanes)).every(Boolean);
    return complete ? { sourcePages: earlier.source_pages, pages } : undefined;
  };
export type Reuse = ReturnType<typeof createReuse>;
