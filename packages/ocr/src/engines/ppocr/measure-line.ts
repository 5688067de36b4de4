import type { Box, Word } from "@lectura/contracts";
import { findInk } from "../../prepare/ink.ts";
import type { Pixels } from "../../prepare/pixels.ts";
import type { ReadLine } from "../engine.ts";
import type { ReadCharacter } from "./decode.ts";
import type { RawLine } from "./read-lines.ts";

/** A row of letters' feet has at least this share of the ink of the fullest row; one of tails has less. */
const FEET = 0.4;

interface Ink {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Which pixels of a line are ink: the fewer ones, be they dark or light. */
const inkOf = ({ data }: Pixels): ((at: number) => boolean) => {
  const { threshold } = findInk(data);
  const dark = data.reduce((count, value) => count + (value <= threshold ? 1 : 0), 0);
  const isDark = dark <= data.length / 2;
  return (at) => (data[at] ?? 0) <= threshold === isDark;
};

/** The frame of the ink between two columns, or the columns in full height where there is none. */
const inkBetween = ({ width, height }: Pixels, isInk: (at: number) => boolean, from: number, to: number): Ink => {
  const ink = { left: to, right: from, top: height, bottom: 0 };
  for (let row = 0; row < height; row += 1) {
    for (let column = from; column < to; column += 1) {
      if (!isInk(row * width + column)) continue;
      ink.left = Math.min(ink.left, column);
      ink.right = Math.max(ink.right, column + 1);
      ink.top = Math.min(ink.top, row);
      ink.bottom = row + 1;
    }
  }
  return ink.left < ink.right ? ink : { left: from, right: to, top: 0, bottom: height };
};

/** The row below the feet of the letters: the lowest one that is not only tails. */
const feetOf = ({ width, height }: Pixels, isInk: (at: number) => boolean): number => {
  const counts = Array.from({ length: height }, (_, row) => {
    let count = 0;
    for (let at = row * width; at < (row + 1) * width; at += 1) count += isInk(at) ? 1 : 0;
    return count;
  });
  return counts.findLastIndex((count) => count >= FEET * Math.max(...counts)) + 1;
};

/** The characters between spaces, with the columns from the space before to the space behind. */
const splitWords = (characters: ReadCharacter[], width: number) => {
  const words: { characters: ReadCharacter[]; from: number; to: number }[] = [];
  let word: (typeof words)[number] = { characters: [], from: 0, to: width };
  for (const character of characters) {
    if (character.text.trim() !== "") {
      word.characters.push(character);
      continue;
    }
    const space = Math.min(width, Math.round(character.x));
    word.to = space;
    if (word.characters.length > 0) words.push(word);
    word = { characters: [], from: space, to: width };
  }
  if (word.characters.length > 0) words.push(word);
  return words;
};

const PERCENT = 100;
const meanOf = (characters: ReadCharacter[]): number =>
  characters.reduce((sum, { probability }) => sum + probability, 0) / characters.length;

/** A line's words, framed by their ink: where the recogniser saw the spaces is where one ends and the next begins. */
export const measureLine = ({ frame, pixels, characters }: RawLine): ReadLine => {
  const isInk = inkOf(pixels);
  const across = (frame.right - frame.left) / pixels.width;
  const down = (frame.bottom - frame.top) / pixels.height;
  const words = splitWords(characters, pixels.width).map(({ characters: read, from, to }): Word => {
    const { left, top, right, bottom } = inkBetween(pixels, isInk, from, to);
    return {
      text: read.map(({ text }) => text).join(""),
      confidence: PERCENT * Math.min(1, meanOf(read)),
      bbox: [
        frame.left + left * across,
        frame.top + top * down,
        frame.left + right * across,
        frame.top + bottom * down,
      ],
    };
  });
  const feet = frame.top + feetOf(pixels, isInk) * down;
  const bbox = unite(words.map((word) => word.bbox));
  return {
    bbox,
    baseline: [
      [bbox[0], feet],
      [bbox[2], feet],
    ],
    words,
  };
};

/** The frame of several frames. */
export const unite = (boxes: Box[]): Box => [
  Math.min(...boxes.map(([left]) => left)),
  Math.min(...boxes.map(([, top]) => top)),
  Math.max(...boxes.map(([, , right]) => right)),
  Math.max(...boxes.map(([, , , bottom]) => bottom)),
];
