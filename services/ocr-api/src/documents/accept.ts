import {
  AUTO_LANGUAGES,
  type Document,
  ProblemError,
  type TenantId,
  type WorkerAnnouncement,
} from "@lectura/contracts";
import {
  type DocumentRecord,
  type DocumentStore,
  FIRST_ATTEMPT,
  type Hold,
  newDocumentId,
  sealPassword,
  storageKeys,
  TooManyInFlightError,
  type Workers,
} from "@lectura/documents";
import type { Producer } from "@lectura/queue";
import type { Storage } from "@lectura/storage";
import { receiveFile, type Store } from "./receive.ts";
import type { Reuse } from "./reuse.ts";
import type { ShareKeeper } from "./shares.ts";
import type { IncomingFile, Upload } from "./upload.ts";

interface Dependencies {
  documents: DocumentStore;
  workers: Workers;
  storage: Storage;
  producer: Producer;
  reuse: Reuse;
  shares: ShareKeeper;
  maxFileBytes: number;
}

/** What is known of a submission before its body is read. */
export interface Submission {
  traceId: string;
  /** Recognise it whether or not that was done before. */
  anew: boolean;
}

/** Reads a submission's body, handing its file to `receive` while it streams in. */
export type ReadUpload = (receive: (file: IncomingFile) => Promise<Document["input"]>) => Promise<Upload>;

async function* endingAfter(chunks: AsyncGenerator<Buffer>, last: Promise<void>): AsyncGenerator<Buffer> {
  yield* chunks;
  await last;
}

/** Work whose outcome is asked for later; meanwhile its failure is nobody's surprise. */
const begin = <T>(work: Promise<T>): Promise<T> => {
  work.catch(() => {});
  return work;
};

const requireLanguages = (known: WorkerAnnouncement[], languages: string[]): void => {
  const installed = new Set(known.flatMap(({ models }) => models.map(({ language }) => language)));
  // Before the first worker has ever announced itself nobody knows: the worker will say so in the document then.
  const unknown =
    installed.size === 0 ? [] : languages.filter((name) => name !== AUTO_LANGUAGES && !installed.has(name));
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
  ({ documents, workers, storage, producer, reuse, shares, maxFileBytes }: Dependencies) =>
  async (
    tenant: TenantId,
    { traceId, anew }: Submission,
    readUpload: ReadUpload,
    once?: { hold: Hold; fingerprint: (upload: Upload) => string },
  ): Promise<DocumentRecord> => {
    await shares.require(tenant);
    const now = Date.now();
    const id = newDocumentId(now);
    const keys = storageKeys(tenant, id);
    // Every answer of Redis waits for a disk: what does not depend on the upload is asked while it streams in.
    const known = begin(workers.lastKnown());
    try {
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
      // What a password has opened is for those who know it.
      const reused = anew || password !== null ? undefined : await reuse(tenant, id, { input, options });
      const sealed = password === null ? undefined : sealPassword(password);
      if (sealed) await storage.put(keys.passwordKey, sealed.key);
      const creating = documents.create(
        { id, tenant, input, options, sealed_password: sealed?.sealed ?? null, trace_id: traceId, now },
        once && { hold: once.hold, fingerprint: once.fingerprint(upload) },
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
    } catch (error) {
      if (await documents.isUnrecorded(id)) {
        await storage.deletePrefix(keys.prefix);
        await documents.received({ tenant, id });
      }
      throw error instanceof TooManyInFlightError ? await shares.tooManyInFlight(tenant) : error;
    }
  };
export type Accept = ReturnType<typeof createAccept>;
