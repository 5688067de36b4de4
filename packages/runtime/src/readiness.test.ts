import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkReadiness } from "./readiness.ts";

const there = { name: "redis", check: async () => "PONG" };
const absent = { name: "storage", check: () => Promise.reject(new Error("gone")) };
const broken = {
  name: "queue",
  check: (): Promise<never> => {
    throw new Error("at once");
  },
};
const hanging = { name: "auth", check: () => new Promise(() => {}) };

describe("readiness", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("is given when there is nothing to depend on", async () => {
    expect(await checkReadiness([])).toEqual({ status: "ok", unavailable: [] });
  });

  test("is given when everything answers, and leaves no timer behind", async () => {
    expect(await checkReadiness([there, { ...there, name: "storage" }])).toEqual({ status: "ok", unavailable: [] });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("names each dependency that is absent, in the order they are listed", async () => {
    expect(await checkReadiness([absent, there, broken])).toEqual({
      status: "unavailable",
      unavailable: ["storage", "queue"],
    });
  });

  test("names a dependency that hangs after two seconds, and asks all at once", async () => {
    const answered = vi.fn();
    const answer = checkReadiness([hanging, { ...hanging, name: "storage" }, there]).then(answered);
    await vi.advanceTimersByTimeAsync(1999);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await answer;
    expect(answered).toHaveBeenCalledWith({ status: "unavailable", unavailable: ["auth", "storage"] });
  });

  test("is not troubled by a dependency that fails after it has been named", async () => {
    const late = Promise.withResolvers<never>();
    const answer = checkReadiness([{ name: "auth", check: () => late.promise }]);
    await vi.advanceTimersByTimeAsync(2000);
    late.reject(new Error("too late"));
    expect(await answer).toEqual({ status: "unavailable", unavailable: ["auth"] });
  });
});
