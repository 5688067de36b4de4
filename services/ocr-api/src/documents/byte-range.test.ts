import { ProblemError } from "@lectura/contracts";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { byteRange } from "./byte-range.ts";

it.each([
  ["bytes=0-0", { first: 0, last: 0 }],
  ["bytes=2-5", { first: 2, last: 5 }],
  ["bytes=2-", { first: 2, last: 9 }],
  ["bytes=2-99", { first: 2, last: 9 }],
  ["bytes=-3", { first: 7, last: 9 }],
  ["bytes=-99", { first: 0, last: 9 }],
])("%s of ten bytes is %j", (header, range) => {
  expect(byteRange(header, 10)).toEqual(range);
});

it.each([undefined, "", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b"])(
  "%s is the whole",
  (header) => {
    expect(byteRange(header, 10)).toBeUndefined();
  },
);

it.each(["bytes=10-", "bytes=10-20", "bytes=-0"])("%s of ten bytes cannot be had", (header) => {
  expect(() => byteRange(header, 10)).toThrow(expect.objectContaining({ code: "range-not-satisfiable" }));
});

it("a range that exists is that range, in every way to write it", () => {
  const whole = fc.integer({ min: 1, max: 1_000_000 });
  const part = whole.chain((bytes) =>
    fc.tuple(fc.constant(bytes), fc.nat({ max: bytes - 1 })).chain(([total, first]) =>
      fc.record({
        total: fc.constant(total),
        first: fc.constant(first),
        last: fc.integer({ min: first, max: total - 1 }),
      }),
    ),
  );
  fc.assert(
    fc.property(part, fc.nat(), ({ total, first, last }, beyond) => {
      expect(byteRange(`bytes=${first}-${last}`, total)).toEqual({ first, last });
      expect(byteRange(`bytes=${first}-`, total)).toEqual({ first, last: total - 1 });
      expect(byteRange(`bytes=${first}-${total + beyond}`, total)).toEqual({ first, last: total - 1 });
      expect(byteRange(`bytes=-${total - first}`, total)).toEqual({ first, last: total - 1 });
      expect(byteRange(`bytes=-${total + beyond}`, total)).toEqual({ first: 0, last: total - 1 });
    }),
  );
});

it("whatever a client sends is the whole, a part that exists, or refused", () => {
  const anything = fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,25}-\d{0,25}(,\d{0,3}-\d{0,3})?$/));
  fc.assert(
    fc.property(anything, fc.nat({ max: 1000 }), (header, bytes) => {
      try {
        const { first, last } = byteRange(header, bytes) ?? { first: 0, last: bytes - 1 };
        expect(Number.isInteger(first) && 0 <= first && first <= last + 1 && last < bytes).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(ProblemError);
        expect(error).toMatchObject({ code: "range-not-satisfiable" });
      }
    }),
  );
});
