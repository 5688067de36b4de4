import { randomUUID } from "node:crypto";
import { type DocumentId, ProblemError, type TenantId } from "@lectura/contracts";
import { type DocumentRecord, type DocumentStore, HOLD_AGAIN_MS, type Hold, HoldLostError } from "@lectura/documents";
import type { Find } from "./find.ts";
import type { Offer } from "./offers.ts";

/** What a call has come to; `replayed` when the document was made by an earlier one with the same key. */
export interface Submitted {
  record: DocumentRecord;
  replayed: boolean;
}

const inProgress = (cause?: unknown): ProblemError =>
  new ProblemError("request-in-progress", "A request with this Idempotency-Key is being received just now.", {
    headers: { "retry-after": "1" },
    cause,
  });

/** Keeps saying that the holder of a key is alive. Should Redis not hear it, making the document is what decides. */
const keepHolding = (documents: DocumentStore, hold: Hold): (() => void) => {
  const timer = setInterval(() => {
    documents.claimKey(hold).catch(() => {});
  }, HOLD_AGAIN_MS);
  return () => clearInterval(timer);
};

/** Takes a document in, once for each Idempotency-Key: a repeated call is shown what the first one made. */
export const createSubmit = ({ documents, find }: { documents: DocumentStore; find: Find }) => {
  const acceptOnce = async (hold: Hold, offer: Offer): Promise<DocumentRecord> => {
    const stopHolding = keepHolding(documents, hold);
    try {
      return await offer.accept(hold);
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
    offer: Offer,
  ): Promise<DocumentRecord> => {
    if ((await offer.fingerprint()) === first.fingerprint) return find(tenant, first.document);
    throw new ProblemError("idempotency-key-reused", "The first request with this key had another file or options.");
  };

  return async (tenant: TenantId, key: string | undefined, offer: Offer): Promise<Submitted> => {
    if (key === undefined) return { record: await offer.accept(), replayed: false };
    const hold = { tenant, key, holder: randomUUID() };
    const claim = await documents.claimKey(hold);
    switch (claim.state) {
      case "busy":
        throw inProgress();
      case "done":
        return { record: await replay(tenant, claim, offer), replayed: true };
      case "held":
        return { record: await acceptOnce(hold, offer), replayed: false };
    }
  };
};
export type Submit = ReturnType<typeof createSubmit>;
