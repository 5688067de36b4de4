import { type DocumentId, isFinal, ProblemError } from "@lectura/contracts";
import { type DocumentStore, isTombstone, storageKeys, toFailure } from "@lectura/documents";
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
  onFetched,
}: {
  documents: DocumentStore;
  storage: Storage;
  producer: Producer;
  download: Download;
  onFetched: (outcome: string) => void;
}) => {
  const fetchInto = async (url: string, key: string, signal: AbortSignal) =>
    withSpan("fetch source", async () => download(url, async (chunks) => storage.put(key, chunks), signal));

  return async (id: DocumentId, signal: AbortSignal): Promise<void> => {
    const record = await documents.read(id);
    if (!record || isTombstone(record) || isFinal(record.status) || !record.source_url) return documents.dropFetch(id);
    const { tenant, attempt, source_url } = record;
    const keys = storageKeys(tenant, id);
    await inTrace(record.trace_id, async () => {
      try {
        const input = await fetchInto(source_url, keys.input, signal);
        if (await documents.fetched({ document: id, attempt }, input)) {
          onFetched("fetched");
          return await producer.add("inspect", { tenant, document: id, attempt });
        }
        const now = await documents.read(id);
        if (!now || isTombstone(now)) await storage.deletePrefix(keys.prefix);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        onFetched(error.code);
        await documents.finish(
          { document: id, attempt },
          { status: "failed", finished_at: Date.now(), error: toFailure(error) },
        );
        await documents.dropFetch(id);
      }
    });
  };
};
