import { type DocumentStore, type Owned, storageKeys } from "@lectura/documents";
import type { Storage } from "@lectura/storage";

/** Makes a document; when that fails before its record is there, no bytes of it are left. */
export const leavingNothing = async <T>(
  { documents, storage }: { documents: DocumentStore; storage: Storage },
  { tenant, id }: Owned,
  make: () => Promise<T>,
): Promise<T> => {
  try {
    return await make();
  } catch (error) {
    if (await documents.isUnrecorded(id)) {
      await storage.deletePrefix(storageKeys(tenant, id).prefix);
      await documents.received({ tenant, id });
    }
    throw error;
  }
};
