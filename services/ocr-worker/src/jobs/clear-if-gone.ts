import { type DocumentRecord, isTombstone, storageKeys } from "@lectura/documents";
import type { JobDependencies } from "./dependencies.ts";

/** Removes what a job has just stored for a document that was deleted meanwhile; of any other nothing is touched. */
export const clearIfGone = async (
  { documents, storage, inputs }: Pick<JobDependencies, "documents" | "storage" | "inputs">,
  { tenant, id }: Pick<DocumentRecord, "tenant" | "id">,
): Promise<void> => {
  const record = await documents.read(id);
  if (record && !isTombstone(record)) return;
  await storage.deletePrefix(storageKeys(tenant, id).prefix);
  await inputs.forget(id);
};
