import { type Document, ProblemError, type TenantId } from "@lectura/contracts";
import { type DocumentRecord, type DocumentStore, newDocumentId, storageKeys, type Workers } from "@lectura/documents";
import type { Producer } from "@lectura/queue";
import type { Storage } from "@lectura/storage";
import { receiveFile } from "./receive.ts";
import type { IncomingFile, Upload } from "./upload.ts";

interface Dependencies {
  documents: DocumentStore;
  workers: Workers;
  storage: Storage;
  producer: Producer;
  maxFileBytes: number;
}

const requireLanguages = async (workers: Workers, languages: string[]): Promise<void> => {
  const installed = new Set(
    (await workers.lastKnown()).flatMap(({ models }) => models.map(({ language }) => language)),
  );
  // Before the first worker has ever announced itself nobody knows: the worker will say so in the document then.
  const unknown = installed.size === 0 ? [] : languages.filter((language) => !installed.has(language));
  if (unknown.length === 0) return;
  throw new ProblemError(
    "unknown-language",
    `Not installed: ${unknown.join(", ")}. Installed: ${[...installed].toSorted().join(", ")}.`,
  );
};

/**
 * Takes a document in. When it resolves, bytes, record and job are durable; when it fails, or the process dies on the
 * way, nothing is left but what the sweeper completes or removes.
 */
export const createAccept =
  ({ documents, workers, storage, producer, maxFileBytes }: Dependencies) =>
  async (
    tenant: TenantId,
    traceId: string,
    readUpload: (receive: (file: IncomingFile) => Promise<Document["input"]>) => Promise<Upload>,
  ): Promise<DocumentRecord> => {
    const now = Date.now();
    const id = newDocumentId(now);
    const keys = storageKeys(tenant, id);
    try {
      const { input, options } = await readUpload(async (file) => {
        await documents.receiving({ tenant, id });
        return receiveFile({ storage, limit: maxFileBytes }, keys.input, file);
      });
      await requireLanguages(workers, options.languages);
      const record = await documents.create({ id, tenant, input, options, trace_id: traceId, now });
      await producer.add("inspect", { tenant, document: id, attempt: record.attempt });
      return record;
    } catch (error) {
      if (await documents.isUnrecorded(id)) {
        await storage.deletePrefix(keys.prefix);
        await documents.received({ tenant, id });
      }
      throw error;
    }
  };
export type Accept = ReturnType<typeof createAccept>;
