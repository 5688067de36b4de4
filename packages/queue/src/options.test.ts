import { describe, expect, test } from "vitest";
import { backoff, JOB_ATTEMPTS } from "./options.ts";

const tries = Array.from({ length: JOB_ATTEMPTS - 1 }, (_, index) => index + 1);

describe("the pause before the next try", () => {
  test.each(tries)("number %i doubles up to 30 s and is shortened by at most a half", (attemptsMade) => {
    const longest = Math.min(30_000, 100 * 2 ** attemptsMade);
    const pauses = Array.from({ length: 200 }, () => backoff(attemptsMade));
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(longest / 2);
      expect(pause).toBeLessThanOrEqual(longest);
    }
    expect(new Set(pauses).size).toBeGreaterThan(1);
  });

  test("adds up to less than two minutes before a job is given up", () => {
    const longest = tries.reduce((sum, attemptsMade) => sum + Math.min(30_000, 100 * 2 ** attemptsMade), 0);
    expect(longest).toBeLessThan(120_000);
  });
});
