import type { Box } from "@lectura/contracts";
import type { ReadBlock, ReadLine } from "../engines/engine.ts";
import type { Glyph, PageCharacter } from "./page-characters.ts";

/** White space above a line, in line heights, that begins a new block. */
const BLOCK_GAP = 0.9;

const CERTAIN = 100;

const around = (boxes: Box[]): Box => {
  const whole: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x0, y0, x1, y1] of boxes) {
    whole[0] = Math.min(whole[0], x0);
    whole[1] = Math.min(whole[1], y0);
    whole[2] = Math.max(whole[2], x1);
    whole[3] = Math.max(whole[3], y1);
  }
  return whole;
};

/** The words of each line; no word and no line is empty. */
const splitLines = (characters: PageCharacter[]): Glyph[][][] => {
  const lines: Glyph[][][] = [];
  let line: Glyph[][] | undefined;
  let word: Glyph[] | undefined;
  for (const character of characters) {
    if (character === "end of line") line = undefined;
    if (typeof character === "string") {
      word = undefined;
      continue;
    }
    if (!line) lines.push((line = []));
    if (!word) line.push((word = []));
    word.push(character);
  }
  return lines;
};

const readLine = (words: Glyph[][]): ReadLine[] => {
  const [first, last] = [words[0]?.[0], words.at(-1)?.at(-1)];
  if (!first || !last) return [];
  return [
    {
      bbox: around(words.flat().map(({ bbox }) => bbox)),
      baseline: [first.origin, [last.bbox[2], last.origin[1]]],
      words: words.map((glyphs) => ({
        text: glyphs.map(({ text }) => text).join(""),
        bbox: around(glyphs.map(({ bbox }) => bbox)),
        confidence: CERTAIN,
      })),
    },
  ];
};

/** Whether `next` follows `line` in the same block: right below it, and not in another column. */
const continues = (line: ReadLine, next: ReadLine): boolean => {
  const height = Math.max(line.bbox[3] - line.bbox[1], next.bbox[3] - next.bbox[1]);
  const gap = next.bbox[1] - line.bbox[3];
  const overlaps = next.bbox[0] < line.bbox[2] && line.bbox[0] < next.bbox[2];
  return overlaps && gap > -height && gap < BLOCK_GAP * height;
};

/** Puts characters together to words, lines and blocks, in the order in which the file gives them. */
export const readBlocks = (characters: PageCharacter[]): ReadBlock[] => {
  const groups: ReadLine[][] = [];
  for (const line of splitLines(characters).flatMap(readLine)) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group && before && continues(before, line)) group.push(line);
    else groups.push([line]);
  }
  return groups.map((lines) => ({ kind: "text", bbox: around(lines.map(({ bbox }) => bbox)), lines }));
};
