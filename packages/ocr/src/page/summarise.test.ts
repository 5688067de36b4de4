import { expect, it } from "vitest";
import type { ReadBlock, ReadLine } from "../engines/engine.ts";
import { summarise } from "./summarise.ts";

const line = (...words: [text: string, confidence: number][]): ReadLine => ({
  bbox: [0, 0, 100, 10],
  baseline: [
    [0, 8],
    [100, 8],
  ],
  words: words.map(([text, confidence]) => ({ text, confidence, bbox: [0, 0, 10, 10] })),
});
const block = (...lines: ReadLine[]): ReadBlock => ({ kind: "text", bbox: [0, 0, 100, 100], lines });
const picture = (bbox: ReadBlock["bbox"]): ReadBlock => ({ kind: "image", bbox, lines: [] });

it("ends every line with a newline and sets an empty line between blocks", () => {
  const { text } = summarise([block(line(["uno", 90], ["dos", 90]), line(["tres", 90])), block(line(["cuatro", 90]))]);
  expect(text).toBe("uno dos\ntres\n\ncuatro\n");
});

it("weighs a word's confidence by its length, rounded to two decimals", () => {
  const { confidence, blocks } = summarise([block(line(["a", 10], ["bb", 80.123]))]);
  expect(confidence).toBe(56.75);
  expect(blocks[0]?.lines[0]).toMatchObject({ confidence: 56.75, words: [{ confidence: 10 }, { confidence: 80.12 }] });
});

it("leaves out blank words, and lines and blocks that have no others", () => {
  const { blocks, text } = summarise([block(line([" ", 95])), block(line([" ", 95], ["sí", 80]), line())]);
  expect(text).toBe("sí\n");
  expect(blocks).toHaveLength(1);
  expect(blocks[0]?.lines).toHaveLength(1);
});

it("keeps pictures as blocks without lines, those without an area aside", () => {
  const { blocks, text, confidence } = summarise([picture([5, 5, 50, 50]), picture([0, 7, 0, 19])]);
  expect(blocks).toEqual([{ kind: "image", bbox: [5, 5, 50, 50], confidence: 0, lines: [] }]);
  expect([text, confidence]).toEqual(["", null]);
});

it("has no confidence without words", () => {
  expect(summarise([])).toEqual({ blocks: [], text: "", confidence: null });
});
