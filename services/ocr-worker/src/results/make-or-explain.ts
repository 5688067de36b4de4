import { ProblemError } from "@lectura/contracts";
import { storageKeys, type DocumentRecord } from "@lectura/documents";
import { toFailure } from "../jobs/failure.ts";
import type { JobDependencies } from "../jobs/dependencies.ts";

/**
 * Does what fills a storage key; where the document itself does not allow it, the reason is stored instead, so that who
 * waits is told. @throws whatever may pass when it is tried again
 */
export const makeOrExplain = async (
  { storage }: Pick<JobDependencies, "storage">,
  { tenant, id }: Pick<DocumentRecord, "tenant" | "id">,
  key: string,
  make: () => Promise<void>,
): Promise<void> => {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code === "engine-unavailable") throw error;
    await storage.put(storageKeys(tenant, id).failure(key), JSON.stringify(toFailure(error)));
  }
};
