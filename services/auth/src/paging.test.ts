import * as fc from "fast-check";
import { expect, it } from "vitest";
import { parseOffset } from "./paging.ts";

it("a cursor is the place that a list has given, or refused", () => {
  fc.assert(
    fc.property(fc.nat({ max: 999_999_999 }), (offset) => {
      expect(parseOffset(String(offset))).toBe(offset);
    }),
  );
  const other = fc.oneof(fc.string(), fc.double().map(String), fc.stringMatching(/^\d{10,30}$/));
  fc.assert(
    fc.property(
      other.filter((cursor) => !/^\d{1,9}$/.test(cursor)),
      (cursor) => {
        expect(() => parseOffset(cursor)).toThrow(expect.objectContaining({ code: "malformed-request" }));
      },
    ),
  );
  expect(parseOffset(undefined)).toBe(0);
});
