import type { JobPayload } from "@lectura/contracts";
import type { DocumentRecord } from "@lectura/documents";
import { clearIfGone } from "./clear-if-gone.ts";
import type { JobDependencies } from "./dependencies.ts";

/** A cancelled document's page has ended within two seconds: this, and the end of its process. */
const LOOK_EVERY_MS = 500;

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
  const over = new AbortController();
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      if (!(await documents.isInWork(job))) over.abort();
    } catch {
      // While Redis is away nobody can know; the next look may.
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  try {
    await work(AbortSignal.any([signal, over.signal]));
  } catch (error) {
    if (!over.signal.aborted) throw error;
    await inputs.forget(record.id);
    await clearIfGone(dependencies, record);
  } finally {
    clearInterval(timer);
  }
};
