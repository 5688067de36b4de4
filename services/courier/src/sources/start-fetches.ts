import type { DocumentId } from "@lectura/contracts";
import type { DocumentStore } from "@lectura/documents";
import type { Logger } from "@lectura/runtime";
import { takeWork } from "../work/take-work.ts";

/** So many documents may stream through at once. */
const SLOTS = 16;
/** Longer than a fetch takes, its last bytes' way into storage included. */
const LEASE_MS = 60_000;

/** Fetches documents that are named by their URL, until closed. */
export const startFetches = ({
  documents,
  fetchSource,
  log,
}: {
  documents: Pick<DocumentStore, "claimFetches">;
  fetchSource: (id: DocumentId, signal: AbortSignal) => Promise<void>;
  log: Pick<Logger, "warn">;
}): { close(grace: number): Promise<void> } =>
  takeWork({
    slots: SLOTS,
    claim: async (limit) => documents.claimFetches(limit, LEASE_MS),
    work: fetchSource,
    onError: (err) => log.warn({ err }, "a fetch was cut short, it is tried again"),
  });
