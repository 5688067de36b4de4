import { ProblemError } from "@lectura/contracts";
import { type DocumentRecord, storageKeys, toFailure } from "@lectura/documents";
import type { JobDependencies } from "../jobs/dependencies.ts";

/** The password went with the end of the work, so nobody can be told to send it for this document. */
const FORGOTTEN =
  "The PDF is encrypted, and its password was forgotten when the document was finished. " +
  "Submit it again with the formats that you want as `outputs`; images of pages can be had while it is in work.";

/** What the document does not allow, in words that help who asks for it now. */
const explain = (error: ProblemError): ProblemError =>
  error.code === "password-protected" ? new ProblemError(error.code, FORGOTTEN, { cause: error }) : error;

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
    await storage.put(storageKeys(tenant, id).failure(key), JSON.stringify(toFailure(explain(error))));
  }
};
