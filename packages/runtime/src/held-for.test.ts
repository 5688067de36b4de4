import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { heldFor } from "./held-for.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

const counting = () => {
  let asked = 0;
  return heldFor(500, async () => (asked += 1));
};

test("an answer holds for its time, and no longer", async () => {
  const count = counting();
  expect(await count()).toBe(1);
  vi.advanceTimersByTime(499);
  expect(await count()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await count()).toBe(2);
});

test("those who ask at once share the question", async () => {
  const count = counting();
  expect(await Promise.all([count(), count()])).toEqual([1, 1]);
});

test("a failure is told to all who wait for it, and to nobody later", async () => {
  const answers = [Promise.reject(new Error("down")), Promise.resolve("up")];
  const state = heldFor(500, async () => answers.shift());
  const both = await Promise.allSettled([state(), state()]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await state()).toBe("up");
});
