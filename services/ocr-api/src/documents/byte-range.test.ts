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
