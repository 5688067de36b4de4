import type { DocumentId, Failure, TenantId } from "@lectura/contracts";
import { z } from "zod";
import { asJson } from "./as-json.ts";
import type { Keys } from "./keys.ts";
import type { Attempt } from "./progress.ts";
import type { RunScript } from "./scripts.ts";

export interface Outcome {
  status: "succeeded" | "partial" | "failed";
  finished_at: number;
  confidence?: number | null;
  error?: Failure | null;
  /** How often it was tried, when it was given up though its input may be blameless. */
  givenUpAfter?: number;
}

const Cancelled = z.union([z.literal(1), z.literal(0), z.literal(-1)]);

/** How a document's work ends: as its pages have it, or at its owner's word. */
export const createEnding = (run: RunScript, keys: Keys) => ({
  /**
   * Gives the final status; false when another was first or the document is gone. `found` names where documents that
   * ask for the same find this one's result.
   */
  finish: async (
    { document, attempt }: Attempt,
    { status, finished_at, confidence, error, givenUpAfter }: Outcome,
    found?: { tenant: TenantId; by: string },
  ): Promise<boolean> =>
    (await run(
      "finish",
      [
        ...keys.document(document),
        keys.open,
        keys.waiting,
        found ? keys.cache(found.tenant, found.by) : keys.record(document),
        keys.letters(document),
        keys.allLetters,
        keys.inFlight,
        keys.pagesLeft,
        keys.ended,
      ],
      [
        document,
        attempt,
        status,
        finished_at,
        asJson(error),
        confidence ?? "",
        keys.changes,
        found?.by ?? "",
        givenUpAfter ?? 0,
      ],
    )) === 1,

  /** Ends an unfinished document for its owner; false when it was final before, undefined when there is none. */
  cancel: async (tenant: TenantId, document: DocumentId): Promise<boolean | undefined> => {
    const cancelled = Cancelled.parse(
      await run(
        "cancel",
        [...keys.document(document), keys.open, keys.waiting, keys.inFlight, keys.pagesLeft, keys.ended],
        [document, tenant, Date.now(), keys.changes],
      ),
    );
    return cancelled < 0 ? undefined : cancelled === 1;
  },
});
