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
import type { Guard } from "@lectura/guard";
import { type IncomingFile, receiveFile, type Reuse, type Store } from "@lectura/intake";
import type { Producer } from "@lectura/queue";
import type { Storage } from "@lectura/storage";
import { fingerprintOf } from "./fingerprint.ts";
import { keepPassword } from "./keep-password.ts";
import { leavingNothing } from "./leaving-nothing.ts";
import { requireLanguages } from "./require-languages.ts";
import type { ShareKeeper } from "./shares.ts";
import type { Upload } from "./upload.ts";

interface Dependencies {
  documents: DocumentStore;
  workers: Workers;
  storage: Storage;
  producer: Producer;
  reuse: Reuse;
  checkUrl: Guard["checkUrl"];
  shares: Pick<ShareKeeper, "most">;
  maxFileBytes: number;
}

/** What is known of a submission before its body is read. */
export interface Submission {
  traceId: string;
  /** Recognise it whether or not that was done before. */
  anew: boolean;
}

/** Reads a submission's body, handing its file to `receive` while it streams in. */
export type ReadUpload = (receive: (file: IncomingFile) => Promise<DocumentInput>) => Promise<Upload>;

async function* endingAfter(chunks: AsyncGenerator<Buffer>, last: Promise<void>): AsyncGenerator<Buffer> {
  yield* chunks;
  await last;
}

/** Work whose outcome is asked for later; meanwhile its failure is nobody's surprise. */
const begin = <T>(work: Promise<T>): Promise<T> => {
  work.catch(() => {});
  return work;
};

/**
 * Takes a document in. When it resolves, bytes, record and job are durable; when it fails, or the process dies on the
 * way, nothing is left but what the sweeper completes or removes. The Idempotency-Key of `hold` stands for it then.
 */
export const createAccept =
  ({ documents, workers, storage, producer, reuse, shares, checkUrl, maxFileBytes }: Dependencies) =>
  async (
    tenant: TenantId,
    { traceId, anew }: Submission,
    readUpload: ReadUpload,
    hold?: Hold,
  ): Promise<DocumentRecord> => {
    const now = Date.now();
    const id = newDocumentId(now);
    const keys = storageKeys(tenant, id);
    // Every answer of Redis waits for a disk: what does not depend on the upload is asked while it streams in.
    const known = begin(workers.lastKnown());
    return leavingNothing({ documents, storage }, { tenant, id }, async () => {
      const upload = await readUpload(async (file) => {
        const noted = begin(documents.receiving({ tenant, id }));
        // Storage keeps nothing before the note is there, since only then does the stream end.
        const store: Store = async (chunks) => storage.put(keys.input, endingAfter(chunks, noted));
        return receiveFile({ store, limit: maxFileBytes }, file);
      });
      const {
        input,
        options: { password, ...options },
      } = upload;
      requireLanguages(await known, options.languages);
      if (options.callback_url !== null) options.callback_url = checkUrl(options.callback_url).href;
      // What a password has opened is for those who know it.
      const reused = anew || password !== null ? undefined : await reuse(tenant, id, { input, options });
      const sealed_password = await keepPassword(storage, keys, password);
      const creating = documents.create(
        { id, tenant, input, options, sealed_password, trace_id: traceId, now },
        hold && { hold, fingerprint: fingerprintOf(input.sha256, upload.options) },
        shares.most,
      );
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
      const adding = begin(producer.add("inspect", job, options.priority));
      const record = await creating;
      await adding;
      return record;
    });
  };
export type Accept = ReturnType<typeof createAccept>;
