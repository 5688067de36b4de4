import { expect, it } from "vitest";
import { summarise } from "../page/summarise.ts";
import type { PageCharacter } from "./page-characters.ts";
import { readBlocks } from "./text-lines.ts";

/** A line as PDFium gives it: glyphs of 10 × 10 pixels, spaces and the line's end. */
const line = (text: string, x: number, y: number): PageCharacter[] => [
  ...Array.from(text, (character, index): PageCharacter => {
    const left = x + 10 * index;
    if (character === " ") return "end of word";
    return {
      text: character,
      bbox: [left, y, left + 10, y + 10],
      origin: [left, y + 8],
      unreadable: false,
      invisible: false,
    };
  }),
  "end of line",
];
const textOf = (...lines: PageCharacter[][]) => summarise(readBlocks(lines.flat())).text;

it("frames words and lines, with the baseline from the first letter to the end of the last", () => {
  const [block] = readBlocks(line("ab cd", 100, 20));
  expect(block).toMatchObject({
    bbox: [100, 20, 150, 30],
    lines: [
      {
        baseline: [
          [100, 28],
          [150, 28],
        ],
        words: [
          { text: "ab", bbox: [100, 20, 120, 30] },
          { text: "cd", bbox: [130, 20, 150, 30] },
        ],
      },
    ],
  });
});

it("keeps lines below each other in one block", () => {
  expect(textOf(line("uno", 0, 0), line("dos", 0, 14))).toBe("uno\ndos\n");
});

it("begins a block after white space, and in another column", () => {
  expect(textOf(line("uno", 0, 0), line("dos", 0, 40))).toBe("uno\n\ndos\n");
  expect(textOf(line("uno", 0, 0), line("dos", 0, 14), line("tres", 200, 0))).toBe("uno\ndos\n\ntres\n");
});

it("makes no lines of line ends alone", () => {
  expect(readBlocks(["end of line", "end of word", "end of line"])).toEqual([]);
});
