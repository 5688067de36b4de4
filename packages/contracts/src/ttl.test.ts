import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Ttl } from "./ttl.ts";

const DAY = 86_400;
const MAX = 30 * DAY;

describe("a time to live", () => {
  test.each([
    [1, 1],
    [MAX, MAX],
    ["1", 1],
    ["3600", 3600],
    ["PT1S", 1],
    ["PT90M", 5400],
    ["PT12H", 12 * 3600],
    ["P1D", DAY],
    ["P30D", MAX],
    ["P1DT2H3M4S", DAY + 2 * 3600 + 3 * 60 + 4],
    ["PT720H", MAX],
    ["P0DT1S", 1],
  ])("%j is %i seconds", (value, seconds) => {
    expect(Ttl.parse(value)).toBe(seconds);
  });

  test.each([
    ["nothing at all", ""],
    ["zero", "0"],
    ["zero", 0],
    ["zero, as a duration", "PT0S"],
    ["a negative number", -1],
    ["a negative number", "-1"],
    ["a part of a second", 1.5],
    ["a part of a second", "1.5"],
    ["a part of a second", "PT1.5S"],
    ["a second too long", MAX + 1],
    ["a second too long", "P30DT1S"],
    ["too long by far", "9".repeat(40)],
    ["not a number", Number.NaN],
    ["weeks", "P1W"],
    ["months", "P1M"],
    ["years", "P1Y"],
    ["no unit", "P"],
    ["no unit after T", "PT"],
    ["no unit after T", "P1DT"],
    ["small letters", "pt1h"],
    ["units in the wrong order", "PT1S1H"],
    ["a sign", "-PT1H"],
    ["words", "tomorrow"],
    ["neither text nor number", true],
    ["neither text nor number", ["1", "2"]],
  ])("%s is refused (%j), with what would be right", (_, value) => {
    expect(Ttl.safeParse(value).error?.issues.map(({ message }) => message)).toEqual([
      "must be whole seconds or an ISO 8601 duration such as PT12H, from 1 s to P30D",
    ]);
  });

  test("every way to write a number of seconds is that number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX }), (seconds) => {
        const [days, rest] = [Math.floor(seconds / DAY), seconds % DAY];
        const time = `${Math.floor(rest / 3600)}H${Math.floor((rest % 3600) / 60)}M${rest % 60}S`;
        for (const written of [seconds, `${seconds}`, `PT${seconds}S`, `P${days}DT${time}`])
          expect(Ttl.parse(written)).toBe(seconds);
      }),
    );
  });

  test("whatever a client sends is refused or lies within the limits", () => {
    const anything = fc.oneof(fc.string(), fc.double(), fc.stringMatching(/^P\d{0,4}[DWM]?T?\d{0,7}[HMS]?$/));
    fc.assert(
      fc.property(anything, (value) => {
        const { data = 1 } = Ttl.safeParse(value);
        expect(Number.isInteger(data) && data >= 1 && data <= MAX).toBe(true);
      }),
    );
  });
});
