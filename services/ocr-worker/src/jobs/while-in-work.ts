import type { JobPayload } from "@lectura/contracts";
import { type DocumentRecord, watchWork } from "@lectura/documents";
import { clearIfGone } from "./clear-if-gone.ts";
import type { JobDependencies } from "./dependencies.ts";

/**
 * Works on a document for as long as it is in work: once it is cancelled, deleted or over, `work` is aborted, also in
 * the middle of a page, and what it has left is removed where the document is gone.
 */
export const whileInWork = async (
  dependencies: JobDependencies,
  { job, record, signal }: { job: JobPayload<"inspect">; record: DocumentRecord; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const { documents, inputs } = dependencies;
  const { over, stop } = watchWork(async () => documents.isInWork(job));
  try {
    await work(AbortSignal.any([signal, over]));
  } catch (error) {
    if (!over.aborted) throw error;
    await inputs.forget(record.id);
    await clearIfGone(dependencies, record);
  } finally {
    stop();
  }
};
