import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PageSelection, selectPages } from "./page-selection.ts";

const parse = (text: string) => PageSelection.parse(text);

describe("a page selection", () => {
  test.each([
    ["7", "7"],
    ["1-3,7", "1-3,7"],
    ["7,1-3", "1-3,7"],
    ["1,2,3", "1-3"],
    ["1-5,2-3", "1-5"],
    ["1-3,3-9,12", "1-9,12"],
    [" 1-3 , 7 ", "1-3,7"],
    ["4-4", "4"],
    ["2,2,2", "2"],
  ])("%j is written %j", (text, canonical) => {
    expect(parse(text)).toBe(canonical);
  });

  test.each(["", " ", ",", "1,", "0", "0-3", "01", "-1", "3-1", "1-", "1--3", "1-3-5", "a", "1.5", "1;2", "1000000"])(
    "%j is refused with an example of what is right",
    (text) => {
      const parsed = PageSelection.safeParse(text);
      expect(parsed.error?.issues.map(({ message }) => message)).toEqual([
        "must be page numbers and ranges from 1, such as 1-3,7",
      ]);
    },
  );

  test("is refused when it is longer than any document could need", () => {
    expect(PageSelection.safeParse("1,".repeat(1000) + "1").success).toBe(false);
  });
});

const range = fc
  .tuple(fc.integer({ min: 1, max: 400 }), fc.nat({ max: 40 }))
  .map(([from, more]): [number, number] => [from, from + more]);
const ranges = fc.array(range, { minLength: 1, maxLength: 20 });
const write = (list: [number, number][]) =>
  list.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join();

describe("selecting pages", () => {
  test("takes all pages without a selection", () => {
    expect(selectPages(null, 3)).toEqual([1, 2, 3]);
  });

  test.each([
    ["2-4", 3, [2, 3]],
    ["3", 3, [3]],
    ["4", 3, []],
    ["2,900000-999999", 3, [2]],
    ["1-999999", 0, []],
  ])("%s of %i pages is %j: beyond the end is nothing", (selection, total, pages) => {
    expect(selectPages(selection, total)).toEqual(pages);
  });

  test("takes exactly the pages that some range names, each once, in ascending order", () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 0, max: 450 }), (list, total) => {
        const named = Array.from({ length: total }, (_, index) => index + 1).filter((page) =>
          list.some(([from, to]) => from <= page && page <= to),
        );
        expect(selectPages(parse(write(list)), total)).toEqual(named);
      }),
    );
  });

  test("two selections of the same pages are the same text", () => {
    fc.assert(
      fc.property(ranges, fc.infiniteStream(fc.nat()), (list, seed) => {
        const keyed = list.map((each) => ({ each, key: seed.next().value ?? 0 }));
        const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ each }) => each);
        const single = shuffled.flatMap(([from, to]) =>
          Array.from({ length: to - from + 1 }, (_, index): [number, number] => [from + index, from + index]),
        );
        const text = parse(write(list));
        expect(parse(write(shuffled))).toBe(text);
        if (write(single).length <= 2000) expect(parse(write(single))).toBe(text);
        expect(parse(text)).toBe(text);
      }),
    );
  });
});
