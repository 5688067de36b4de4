import type { DocumentInput, TenantId } from "@lectura/contracts";
import {
  type DocumentRecord,
  type DocumentStore,
  FIRST_ATTEMPT,
  type Hold,
  newDocumentId,
  storageKeys,
  type Workers,
} from "@lectura/documents";
import { type IncomingFile, receiveFile, type Reuse, type Store } from "@lectura/intake";
import type { Producer } from "@lectura/queue";
import type { Storage } from "@lectura/storage";
import { type Admitted, type BeginDocument } from "./begin-document.ts";
import { leavingNothing } from "./leaving-nothing.ts";
import type { Upload } from "./upload.ts";

interface Dependencies {
  documents: DocumentStore;
  workers: Workers;
  storage: Storage;
  producer: Producer;
  reuse: Reuse;
  begin: BeginDocument;
}

/** Reads a submission's body, handing its file to `receive` while it streams in. */
export type ReadUpload = (receive: (file: IncomingFile) => Promise<DocumentInput>) => Promise<Upload>;

async function* endingAfter(chunks: AsyncGenerator<Buffer>, last: Promise<void>): AsyncGenerator<Buffer> {
  yield* chunks;
  await last;
}

/** Work whose outcome is asked for later; meanwhile its failure is nobody's surprise. */
const started = <T>(work: Promise<T>): Promise<T> => {
  work.catch(() => {});
  return work;
};

/**
 * Takes a document in. When it resolves, bytes, record and job are durable; when it fails, or the process dies on the
 * way, nothing is left but what the sweeper completes or removes. The Idempotency-Key of `hold` stands for it then.
 */
export const createAccept =
  ({ documents, workers, storage, producer, reuse, begin }: Dependencies) =>
  async (tenant: TenantId, admitted: Admitted, readUpload: ReadUpload, hold?: Hold): Promise<DocumentRecord> => {
    const now = Date.now();
    const id = newDocumentId(now);
    const beginning = { ...admitted, tenant, id, now, hold };
    // Every answer of Redis waits for a disk: what does not depend on the upload is asked while it streams in.
    const known = started(workers.lastKnown());
    return leavingNothing({ documents, storage }, { tenant, id }, async () => {
      const { input, options: asked } = await readUpload(async (file) => {
        const noted = started(documents.receiving({ tenant, id }));
        // Storage keeps nothing before the note is there, since only then does the stream end.
        const store: Store = async (chunks) => storage.put(storageKeys(tenant, id).input, endingAfter(chunks, noted));
        return receiveFile({ store, limit: admitted.limits.file_bytes }, file);
      });
      const options = begin.check(asked, await known);
      // What a password has opened is for those who know it.
      const reused = admitted.anew || asked.password !== null ? undefined : await reuse(tenant, id, { input, options });
      const sealed_password = await begin.seal(beginning, asked);
      const creating = begin.record(beginning, input.sha256, asked, { input, options, sealed_password });
      const job = { tenant, document: id, attempt: FIRST_ATTEMPT };
      if (reused) {
        // Should the process die between the two, the document is queued and will be recognised.
        const record = await creating;
        const cached = await documents.adopt(job, reused);
        await producer.add("assemble", job);
        return { ...record, cached };
      }
      // Sent one right after the other, so that Redis makes both durable at once. Should the job alone get through, its
      // worker finds no record and drops it; should the record alone, the sweeper adds the job.
      const adding = started(producer.add("inspect", job, options.priority));
      const record = await creating;
      await adding;
      return record;
    });
  };
export type Accept = ReturnType<typeof createAccept>;
