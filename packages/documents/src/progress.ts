import type { DocumentId, Failure } from "@lectura/contracts";
import { z } from "zod";
import type { Keys } from "./keys.ts";
import type { RunScript } from "./scripts.ts";

/** One attempt at a document; what comes from another attempt does not count. */
export interface Attempt {
  document: DocumentId;
  attempt: number;
}

export interface Outcome {
  status: "succeeded" | "partial" | "failed";
  finished_at: number;
  confidence?: number | null;
  error?: Failure | null;
}

const Settled = z.tuple([z.number(), z.number(), z.number(), z.number()]);

const outcomeFields = ({ status, finished_at, confidence = null, error = null }: Outcome): (string | number)[] => [
  "status",
  status,
  "finished_at",
  finished_at,
  ...(confidence === null ? [] : ["confidence", confidence]),
  ...(error === null ? [] : ["error", JSON.stringify(error)]),
];

/** The work on a document, step by step, each one Lua file. */
export const createProgress = (run: RunScript, keys: Keys) => ({
  /** Whether there is still work to do; a queued document is processing from here on. */
  start: async ({ document, attempt }: Attempt): Promise<boolean> =>
    (await run(
      "start",
      [keys.record(document), keys.open, keys.waiting],
      [document, attempt, Date.now(), keys.changes],
    )) === 1,

  /** Writes the plan of a document's pages; how many of them are issued, undefined when it is no longer in work. */
  plan: async (
    { document, attempt }: Attempt,
    plan: { sourcePages: number; selected: number; window: number },
  ): Promise<number | undefined> => {
    const issued = z
      .number()
      .parse(
        await run(
          "plan",
          [keys.record(document)],
          [attempt, plan.sourcePages, plan.selected, plan.window, keys.changes, document],
        ),
      );
    return issued < 0 ? undefined : issued;
  },

  /** Counts a page once; undefined when the document is no longer in work, so that the page's bytes must go. */
  settlePage: async (
    { document, attempt }: Attempt,
    page: { number: number; failure: Failure | null; milliseconds: number },
  ): Promise<{ complete: boolean; nextIndex: number | undefined } | undefined> => {
    const [counted, settled, total, next] = Settled.parse(
      await run(
        "settle-page",
        [keys.record(document), keys.done(document), keys.failed(document), keys.open, keys.pace],
        [
          document,
          attempt,
          page.number,
          page.failure ? JSON.stringify(page.failure) : "",
          Math.round(page.milliseconds),
          Date.now(),
          keys.changes,
        ],
      ),
    );
    if (counted < 0) return undefined;
    return { complete: settled === total, nextIndex: next < 0 ? undefined : next };
  },

  /** Gives the final status; false when another was first or the document is gone. */
  finish: async ({ document, attempt }: Attempt, outcome: Outcome): Promise<boolean> =>
    (await run(
      "finish",
      [keys.record(document), keys.open, keys.waiting, keys.ended],
      [document, attempt, keys.changes, ...outcomeFields(outcome)],
    )) === 1,

  /** Counts the engine's death over a page; how often it has happened. */
  strike: async ({ document, attempt }: Attempt, page: number): Promise<number> =>
    z.number().parse(await run("strike", [keys.record(document)], [attempt, page])),
});
