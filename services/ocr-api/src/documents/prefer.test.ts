import * as fc from "fast-check";
import { expect, it } from "vitest";
import { preferredWait } from "./prefer.ts";

it.each([
  ["wait=5", 5],
  ["respond-async, wait=5", 5],
  ['respond-async; foo=1, WAIT = "5"', 5],
  ["wait=0", 0],
  ["wait=61", 60],
  ["wait=999999999", 60],
])("Prefer: %s waits %i seconds", (header, seconds) => {
  expect(preferredWait(header)).toBe(seconds);
});

it.each([undefined, "", "respond-async", "wait", "wait=", "wait=soon", "wait=-1", "await=5", "no-wait=5"])(
  "Prefer: %s does not ask to wait",
  (header) => {
    expect(preferredWait(header)).toBeUndefined();
  },
);

it("whatever a client prefers, nobody waits for more than a minute, or for no number", () => {
  const anything = fc.oneof(fc.string(), fc.stringMatching(/^[a-z, ;]{0,9}wait ?= ?"?[-+.\d]{0,30}"?$/));
  fc.assert(
    fc.property(fc.oneof(anything, fc.array(anything)), (header) => {
      const seconds = preferredWait(header) ?? 0;
      expect(Number.isInteger(seconds) && seconds >= 0 && seconds <= 60).toBe(true);
    }),
  );
});
