import { PageResult, selectPages } from "@lectura/contracts";
import { type DocumentRecord, storageKeys } from "@lectura/documents";
import type { Storage } from "@lectura/storage";

/** The pages of a document in order; read anew each time it is called. */
export type Pages = () => Iterable<PageResult> | AsyncIterable<PageResult>;

export const readStoredPage = async (storage: Storage, record: DocumentRecord, number: number): Promise<PageResult> => {
  const bytes = await storage.read(storageKeys(record.tenant, record.id).page(number));
  if (!bytes) throw new Error(`page ${number} of ${record.id} is settled, the storage does not have it`);
  return PageResult.parse(JSON.parse(bytes.toString("utf8")));
};

/** The pages as they are stored, one after the other: all of a long document would be too much for the memory. */
export const storedPages = (storage: Storage, record: DocumentRecord): Pages =>
  async function* () {
    for (const number of selectPages(record.options.pages, record.source_pages ?? 0)) {
      yield await readStoredPage(storage, record, number);
    }
  };
