import { type DocumentId, isFinal, ProblemError } from "@lectura/contracts";
import { type DocumentStore, isTombstone, storageKeys, toFailure } from "@lectura/documents";
import type { Reuse } from "@lectura/intake";
import type { Producer } from "@lectura/queue";
import type { Storage } from "@lectura/storage";
import { inTrace, withSpan } from "@lectura/telemetry";
import type { Download } from "./download.ts";

/**
 * Fetches the input of a document into storage and hands the document on to the workers, or ends it as failed. Killed on
 * the way, it is fetched again when its lease is over; should it die before the job is added, the sweeper adds it.
 */
export const createFetchSource = ({
  documents,
  storage,
  producer,
  download,
  reuse,
  onFetched,
}: {
  documents: DocumentStore;
  storage: Storage;
  producer: Producer;
  download: Download;
  reuse: Reuse;
  onFetched: (outcome: string) => void;
}) => {
  const fetchInto = async (url: string, key: string, signal: AbortSignal) =>
    withSpan("fetch source", async () => download(url, async (chunks) => storage.put(key, chunks), signal));

  return async (id: DocumentId, signal: AbortSignal): Promise<void> => {
    const record = await documents.read(id);
    if (!record || isTombstone(record) || isFinal(record.status) || !record.source_url) return documents.dropFetch(id);
    const { tenant, source_url, anew, options, sealed_password } = record;
    const keys = storageKeys(tenant, id);
    const job = { tenant, document: id, attempt: record.attempt };
    await inTrace(record.trace_id, async () => {
      try {
        const input = await fetchInto(source_url, keys.input, signal);
        // What a password has opened is for those who know it.
        const reused = anew || sealed_password !== null ? undefined : await reuse(tenant, id, { input, options });
        if (await documents.fetched(job, input)) {
          onFetched("fetched");
          if (reused && (await documents.adopt(job, reused))) return await producer.add("assemble", job);
          return await producer.add("inspect", job, options.priority);
        }
        const now = await documents.read(id);
        if (!now || isTombstone(now)) await storage.deletePrefix(keys.prefix);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        onFetched(error.code);
        await documents.finish(job, { status: "failed", finished_at: Date.now(), error: toFailure(error) });
        if (sealed_password !== null) await storage.delete(keys.passwordKey);
        await documents.dropFetch(id);
      }
    });
  };
};
