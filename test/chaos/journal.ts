import type { FollowedEvent } from "./follow.ts";
import type { Kind } from "./kinds.ts";
import type { ChaosTenant } from "./stage.ts";

/** One document as the client knows it that has handed it in. */
export interface Life {
  /** Its name among all, by which the platform knows it too. */
  reference: string;
  tenant: ChaosTenant;
  kind: Kind;
  /** Where the file is fetched, null when it was brought. */
  source: string | null;
  key: string | null;
  callback: boolean;
  /** What its client does with it. */
  fate: string;
  /** Once it is acknowledged. */
  id?: string;
  /** What the client wanted and was granted. */
  end?: "cancelled" | "deleted";
  /** The events as a reader has seen them who was there from the beginning. */
  followed?: FollowedEvent[];
}

/** Writes down what happens, and what must not have happened. */
export const createJournal = (say: (line: string) => void) => {
  let began: number | undefined;
  const history: string[] = [];
  const complaints: string[] = [];
  const lives: Life[] = [];
  const counts = new Map<string, number>();
  const note = (line: string): void => {
    began ??= performance.now();
    const entry = `${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`;
    history.push(entry);
    say(entry);
  };
  return {
    history,
    complaints,
    lives,
    counts,
    note,
    count: (what: string, by = 1): void => void counts.set(what, (counts.get(what) ?? 0) + by),
    /** A promise was broken. */
    complain: (what: string): void => {
      complaints.push(what);
      note(`BROKEN: ${what}`);
    },
  };
};
export type Journal = ReturnType<typeof createJournal>;
