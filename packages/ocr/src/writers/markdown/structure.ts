import type { Block, Line, PageResult } from "@lectura/contracts";
import { levelOf, MAX_HEADING_LINES } from "./heading.ts";
import { heightOf, readTable } from "./table.ts";

export type Element =
  | { kind: "heading"; level: number; text: string }
  | { kind: "paragraph"; text: string }
  | { kind: "list"; items: { mark: string; text: string }[] }
  | { kind: "table"; rows: string[][] };

/** White space between lines, in line heights, that begins a paragraph. */
const PARAGRAPH_GAP = 0.9;
/** A line that ends a sentence before so much of its block's width ends the paragraph, too. */
const SHORT_LINE = 0.8;
const BULLET = /^[•·▪◦‣●*–—-]\s+(?=\S)/;
const NUMBER = /^(\d{1,3})[.)]\s+(?=\S)/;
const SENTENCE_END = /[.:;?!»"”]$/;
/** A word divided at the end of a line, and the other half. */
const DIVIDED = /\p{L}-$/u;
const CONTINUED = /^\p{Ll}/u;

interface PlacedLine {
  line: Line;
  block: Block;
}

/** The height of most of the page's text. */
const bodyHeight = (lines: PlacedLine[]): number => {
  const heights = lines
    .map(({ line }) => ({ height: heightOf(line), characters: line.text.length }))
    .toSorted((a, b) => a.height - b.height);
  let half = heights.reduce((sum, { characters }) => sum + characters, 0) / 2;
  return heights.find(({ characters }) => (half -= characters) <= 0)?.height ?? 0;
};

const join = (text: string, next: string): string =>
  DIVIDED.test(text) && CONTINUED.test(next) ? text.slice(0, -1) + next : `${text} ${next}`;

const markOf = (text: string): { mark: string; text: string } | undefined => {
  const number = NUMBER.exec(text);
  if (number) return { mark: `${number[1]}.`, text: text.slice(number[0].length) };
  return BULLET.test(text) ? { mark: "-", text: text.replace(BULLET, "") } : undefined;
};

/** Whether a line goes on with the paragraph of the line before it. */
const goesOn = (before: PlacedLine, next: PlacedLine): boolean => {
  if (before.block !== next.block) return false;
  const [x0, , x1] = before.block.bbox;
  const ended = SENTENCE_END.test(before.line.text) && before.line.bbox[2] < x0 + SHORT_LINE * (x1 - x0);
  return !ended && next.line.bbox[1] - before.line.bbox[3] < PARAGRAPH_GAP * heightOf(before.line);
};

/** Lines that belong together: up to one that begins something new. */
const takeWhile = (lines: PlacedLine[], belongs: (before: PlacedLine, next: PlacedLine) => boolean): PlacedLine[] => {
  const end = lines.findIndex((line, index) => {
    const before = lines[index - 1];
    return before !== undefined && !belongs(before, line);
  });
  return end < 0 ? lines : lines.slice(0, end);
};

const textOf = (lines: PlacedLine[]): string =>
  lines.map(({ line }) => line.text).reduce((text, next) => join(text, next));

/** The element with which lines begin, and how many of them it takes. */
const readElement = (lines: PlacedLine[], body: number): { element: Element; taken: number } => {
  const [first] = lines;
  const rows = readTable(lines.map(({ line }) => line));
  if (rows.length > 0) return { element: { kind: "table", rows }, taken: rows.length };

  const level = first && levelOf(first, body);
  const sameLevel = takeWhile(lines, (before, next) => before.block === next.block && levelOf(next, body) === level);
  if (level !== undefined && sameLevel.length <= MAX_HEADING_LINES) {
    return { element: { kind: "heading", level, text: textOf(sameLevel) }, taken: sameLevel.length };
  }

  const paragraph = takeWhile(lines, (before, next) => goesOn(before, next) && !markOf(next.line.text));
  const text = textOf(paragraph);
  const item = markOf(text);
  const element: Element = item ? { kind: "list", items: [item] } : { kind: "paragraph", text };
  return { element, taken: paragraph.length };
};

/** What a page is made of, told from the sizes and places of its lines; they are in reading order already. */
export const readStructure = ({ blocks }: PageResult): Element[] => {
  let lines = blocks.flatMap((block) => block.lines.map((line) => ({ line, block })));
  const body = bodyHeight(lines);
  const elements: Element[] = [];
  while (lines.length > 0) {
    const { element, taken } = readElement(lines, body);
    const before = elements.at(-1);
    if (element.kind === "list" && before?.kind === "list") before.items.push(...element.items);
    else elements.push(element);
    lines = lines.slice(taken);
  }
  return elements;
};
