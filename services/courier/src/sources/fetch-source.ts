import { type DocumentId, isFinal, ProblemError } from "@lectura/contracts";
import {
  type DocumentRecord,
  type DocumentStore,
  isTombstone,
  storageKeys,
  toFailure,
  watchWork,
} from "@lectura/documents";
import type { Reuse } from "@lectura/intake";
import type { Producer } from "@lectura/queue";
import type { Storage } from "@lectura/storage";
import { inTrace, withSpan } from "@lectura/telemetry";
import { type Download, PassingFetchError } from "./download.ts";

/** Milliseconds before each further try where the last one failed by something that may pass: a restart, at most. */
const WAITS = [1000, 4000, 15_000];

interface Dependencies {
  documents: DocumentStore;
  storage: Storage;
  producer: Producer;
  download: Download;
  reuse: Reuse;
  onFetched: (outcome: string) => void;
}

/** Fetches the input and hands the document on to the workers. False when the document has not waited for it. */
const fetchInput = async (
  { documents, storage, producer, download, reuse, onFetched }: Dependencies,
  { id, tenant, attempt, anew, options, sealed_password }: DocumentRecord,
  url: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const job = { tenant, document: id, attempt };
  const { input: key } = storageKeys(tenant, id);
  const input = await withSpan("fetch source", async () =>
    download(url, async (chunks) => storage.put(key, chunks), signal),
  );
  // What a password has opened is for those who know it.
  const reused = anew || sealed_password !== null ? undefined : await reuse(tenant, id, { input, options });
  if (!(await documents.fetched(job, input))) return false;
  onFetched("fetched");
  if (reused && (await documents.adopt(job, reused))) await producer.add("assemble", job);
  else await producer.add("inspect", job, options.priority);
  return true;
};

/** Removes what was fetched for a document that was cancelled or deleted meanwhile; another courier's input stays. */
const clearUnwanted = async (
  { documents, storage }: Pick<Dependencies, "documents" | "storage">,
  { tenant, id }: DocumentRecord,
): Promise<void> => {
  const now = await documents.read(id);
  if (!now || isTombstone(now) || (isFinal(now.status) && now.input === null)) {
    await storage.deletePrefix(storageKeys(tenant, id).prefix);
  }
};

/** Tries again where that may help, else ends the document. */
const fail = async (
  { documents, storage, onFetched }: Dependencies,
  { id, tenant, attempt, sealed_password }: DocumentRecord,
  error: ProblemError,
): Promise<void> => {
  const job = { document: id, attempt };
  if (error instanceof PassingFetchError && (await documents.putOffFetch(job, WAITS))) return onFetched("put-off");
  onFetched(error.code);
  await documents.finish(job, { status: "failed", finished_at: Date.now(), error: toFailure(error) });
  if (sealed_password !== null) await storage.delete(storageKeys(tenant, id).passwordKey);
  await documents.dropFetch(id);
};

/**
 * Fetches the input of a document into storage and hands the document on to the workers, or ends it as failed. Killed on
 * the way, it is fetched again when its lease is over; should it die before the job is added, the sweeper adds it.
 */
export const createFetchSource =
  (dependencies: Dependencies) =>
  async (id: DocumentId, signal: AbortSignal): Promise<void> => {
    const { documents } = dependencies;
    const record = await documents.read(id);
    if (!record || isTombstone(record) || isFinal(record.status) || !record.source_url) return documents.dropFetch(id);
    const { source_url } = record;
    const { over, stop } = watchWork(async () => documents.isQueued({ document: id, attempt: record.attempt }));
    await inTrace(record.traceparent ?? record.trace_id, async () => {
      try {
        const wanted = await fetchInput(dependencies, record, source_url, AbortSignal.any([signal, over]));
        if (!wanted) await clearUnwanted(dependencies, record);
      } catch (error) {
        if (over.aborted) {
          await clearUnwanted(dependencies, record);
          await documents.dropFetch(id);
        } else if (error instanceof ProblemError) await fail(dependencies, record, error);
        else throw error;
      } finally {
        stop();
      }
    });
  };
