import { expect, test } from "vitest";
import { groupCommit } from "./group-commit.ts";

/** A commit whose runs are ended by hand. */
const commitByHand = () => {
  const runs: { name: string; end: () => void; fail: (error: Error) => void }[] = [];
  const commit = groupCommit((name) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    runs.push({ name, end: resolve, fail: reject });
    return promise;
  });
  return { runs, commit };
};

test("callers who come while a commit runs share the next one, which begins after it", async () => {
  const { runs, commit } = commitByHand();
  const first = commit("a");
  const others = [commit("a"), commit("a"), commit("a")];
  expect(runs).toHaveLength(1);
  runs[0]?.end();
  await first;
  await Promise.resolve();
  expect(runs).toHaveLength(2);
  const late = commit("a");
  runs[1]?.end();
  await Promise.all(others);
  expect(runs).toHaveLength(3);
  runs[2]?.end();
  await late;
  expect(runs).toHaveLength(3);
});

test("names do not wait for each other", () => {
  const { runs, commit } = commitByHand();
  void commit("a");
  void commit("b");
  expect(runs.map(({ name }) => name)).toEqual(["a", "b"]);
});

test("a failed commit fails those who shared it, and nobody after them", async () => {
  const { runs, commit } = commitByHand();
  const first = commit("a");
  const second = commit("a");
  runs[0]?.fail(new Error("disk full"));
  await expect(first).rejects.toThrow("disk full");
  runs[1]?.end();
  await expect(second).resolves.toBeUndefined();
});
