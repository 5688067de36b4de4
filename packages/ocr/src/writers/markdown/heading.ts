import type { Block, Line } from "@lectura/contracts";
import { cellsOf, heightOf } from "./table.ts";

/** More lines are large print, not a heading. */
export const MAX_HEADING_LINES = 3;

/** How many times as high as the page's text a heading's lines are, by level. */
const LEVELS = [
  { level: 1, ratio: 1.8 },
  { level: 2, ratio: 1.35 },
];
/** A line that is a little higher is one when it looks like one, too: short and no sentence. */
const SMALL = { level: 3, ratio: 1.2, share: 0.6 };
/** Cells of a line that rather belongs to a table. */
const TABLE_CELLS = 3;
const BEGINNING = /^[\p{L}\p{N}¿¡"“«(]/u;
const WORD = /\p{L}{2}/u;
const SENTENCE_END = /[.,:;]$/;

/** The level of the heading that a line is; undefined for any other. `body` is the height of the page's text. */
export const levelOf = ({ line, block }: { line: Line; block: Block }, body: number): number | undefined => {
  const ratio = heightOf(line) / body;
  if (!BEGINNING.test(line.text) || !WORD.test(line.text) || cellsOf(line).length >= TABLE_CELLS) return undefined;
  const large = LEVELS.find((each) => ratio >= each.ratio);
  if (large) return large.level;
  const width = line.bbox[2] - line.bbox[0];
  const short = width < SMALL.share * (block.bbox[2] - block.bbox[0]) || block.lines.length === 1;
  const small = ratio >= SMALL.ratio && short && !SENTENCE_END.test(line.text);
  return small || block.kind === "heading" ? SMALL.level : undefined;
};
