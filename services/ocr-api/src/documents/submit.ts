import { randomUUID } from "node:crypto";
import { api, type DocumentId, ProblemError, type TenantId } from "@lectura/contracts";
import { type DocumentRecord, type DocumentStore, HOLD_AGAIN_MS, type Hold, HoldLostError } from "@lectura/documents";
import type { Accept, ReadUpload, Submission } from "./accept.ts";
import type { Find } from "./find.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { receiveFile } from "./receive.ts";

interface Dependencies {
  documents: DocumentStore;
  accept: Accept;
  find: Find;
  maxFileBytes: number;
}

/** What a call has come to; `replayed` when the document was made by an earlier one with the same key. */
export interface Submitted {
  record: DocumentRecord;
  replayed: boolean;
}

const CALL = `${api.createDocument.method} ${api.createDocument.path}`;

const inProgress = (cause?: unknown): ProblemError =>
  new ProblemError("request-in-progress", "A request with this Idempotency-Key is being received just now.", {
    headers: { "retry-after": "1" },
    cause,
  });

const discard = async (chunks: AsyncGenerator<Buffer>): Promise<void> => {
  for await (const _ of chunks);
};

/** Keeps saying that the holder of a key is alive. Should Redis not hear it, making the document is what decides. */
const keepHolding = (documents: DocumentStore, hold: Hold): (() => void) => {
  const timer = setInterval(() => {
    documents.claimKey(hold).catch(() => {});
  }, HOLD_AGAIN_MS);
  return () => clearInterval(timer);
};

/** Takes a document in, once for each Idempotency-Key: a repeated call is shown what the first one made. */
export const createSubmit = ({ documents, accept, find, maxFileBytes }: Dependencies) => {
  const acceptOnce = async (hold: Hold, submission: Submission, read: ReadUpload): Promise<DocumentRecord> => {
    const stopHolding = keepHolding(documents, hold);
    try {
      return await accept(hold.tenant, submission, read, {
        hold,
        fingerprint: (upload) => fingerprintOf(CALL, upload),
      });
    } catch (error) {
      await documents.releaseKey(hold);
      throw error instanceof HoldLostError ? inProgress(error) : error;
    } finally {
      stopHolding();
    }
  };

  /** The document of the first call, once it is certain that this is the same call. */
  const replay = async (
    tenant: TenantId,
    first: { document: DocumentId; fingerprint: string },
    read: ReadUpload,
  ): Promise<DocumentRecord> => {
    const upload = await read(async (file) => receiveFile({ store: discard, limit: maxFileBytes }, file));
    if (fingerprintOf(CALL, upload) === first.fingerprint) return find(tenant, first.document);
    throw new ProblemError("idempotency-key-reused", "The first request with this key had another file or options.");
  };

  return async (
    tenant: TenantId,
    { key, ...submission }: Submission & { key: string | undefined },
    read: ReadUpload,
  ): Promise<Submitted> => {
    if (key === undefined) return { record: await accept(tenant, submission, read), replayed: false };
    const hold = { tenant, key, holder: randomUUID() };
    const claim = await documents.claimKey(hold);
    switch (claim.state) {
      case "busy":
        throw inProgress();
      case "done":
        return { record: await replay(tenant, claim, read), replayed: true };
      case "held":
        return { record: await acceptOnce(hold, submission, read), replayed: false };
    }
  };
};
export type Submit = ReturnType<typeof createSubmit>;
