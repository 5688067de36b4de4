import type { DocumentId, Failure } from "@lectura/contracts";
import { z } from "zod";
import { asJson } from "./as-json.ts";
import type { Keys } from "./keys.ts";
import type { RunScript } from "./scripts.ts";
import { dayOf } from "./usage.ts";

/** One attempt at a document; what comes from another attempt does not count. */
export interface Attempt {
  document: DocumentId;
  attempt: number;
}

const Settled = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** The work on a document, step by step, each one Lua file. */
export const createProgress = (run: RunScript, keys: Keys) => ({
  /** Whether there is still work to do; a queued document is processing from here on. */
  start: async ({ document, attempt }: Attempt): Promise<boolean> =>
    (await run(
      "start",
      [...keys.document(document), keys.open, keys.waiting],
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
          [...keys.document(document), keys.pagesLeft, keys.pageTimes],
          [document, attempt, plan.sourcePages, plan.selected, plan.window, Date.now(), keys.changes],
        ),
      );
    return issued < 0 ? undefined : issued;
  },

  /** Takes a queued document into work with these pages done; false when it is in work already, or gone. */
  adopt: async (
    { document, attempt }: Attempt,
    { sourcePages, pages }: { sourcePages: number; pages: number[] },
  ): Promise<boolean> =>
    (await run(
      "adopt",
      [...keys.document(document), keys.open, keys.waiting, keys.usage(dayOf(Date.now()))],
      [document, attempt, Date.now(), keys.changes, sourcePages, ...pages],
    )) === 1,

  /** Counts a page once; undefined when the document is no longer in work, so that the page's bytes must go. */
  settlePage: async (
    { document, attempt }: Attempt,
    page: { number: number; failure: Failure | null; milliseconds: number; givenUpAfter?: number },
  ): Promise<{ complete: boolean; nextIndex: number | undefined } | undefined> => {
    const milliseconds = Math.round(page.milliseconds);
    const now = Date.now();
    const [counted, settled, total, next] = Settled.parse(
      await run(
        "settle-page",
        [
          ...keys.document(document),
          keys.open,
          keys.pageTimes,
          keys.letters(document),
          keys.allLetters,
          keys.pagesOfHour(now),
          keys.usage(dayOf(now)),
          keys.pagesLeft,
        ],
        [document, attempt, page.number, asJson(page.failure), milliseconds, now, keys.changes, page.givenUpAfter ?? 0],
      ),
    );
    if (counted < 0) return undefined;
    return { complete: settled === total, nextIndex: next < 0 ? undefined : next };
  },

  /** Counts the engine's death over a page; how often it has happened. */
  strike: async ({ document, attempt }: Attempt, page: number): Promise<number> =>
    z.number().parse(await run("strike", keys.document(document), [attempt, page])),
});
