import type { Box } from "@lectura/contracts";
import type { ReadBlock, ReadLine } from "../engines/engine.ts";
import type { PageCharacter } from "./page-characters.ts";

/** White space above a line, in line heights, that begins a new block. */
const BLOCK_GAP = 0.9;

const CERTAIN = 100;

const around = (boxes: Box[]): Box => [
  Math.min(...boxes.map(([x0]) => x0)),
  Math.min(...boxes.map(([, y0]) => y0)),
  Math.max(...boxes.map(([, , x1]) => x1)),
  Math.max(...boxes.map(([, , , y1]) => y1)),
];

/** Splits at the items for which `ends` holds; these belong to no part, and no part is empty. */
const splitAt = <Item>(items: Item[], ends: (item: Item) => boolean): Item[][] => {
  const parts: Item[][] = [[]];
  for (const item of items) {
    if (ends(item)) parts.push([]);
    else parts.at(-1)?.push(item);
  }
  return parts.filter((part) => part.length > 0);
};

const readLine = (characters: PageCharacter[]): ReadLine[] => {
  const words = splitAt(characters, (character) => character.break === "word").map((word) => ({
    text: word
      .map(({ text }) => text)
      .join("")
      .toWellFormed(),
    bbox: around(word.map(({ bbox }) => bbox)),
    confidence: CERTAIN,
  }));
  const glyphs = characters.filter((character) => !character.break);
  const [first, last] = [glyphs[0], glyphs.at(-1)];
  if (!first || !last) return [];
  const bbox = around(words.map((word) => word.bbox));
  return [{ bbox, baseline: [first.origin, [last.bbox[2], last.origin[1]]], words }];
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
  const lines = splitAt(characters, (character) => character.break === "line").flatMap(readLine);
  const groups: ReadLine[][] = [];
  for (const line of lines) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group && before && continues(before, line)) group.push(line);
    else groups.push([line]);
  }
  return groups.map((group) => ({ kind: "text", bbox: around(group.map(({ bbox }) => bbox)), lines: group }));
};
