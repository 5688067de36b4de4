import type { Box, Line, PageResult } from "@lectura/contracts";
import { ADVANCE, type GlyphlessFont } from "./glyphless-font.ts";
import { chain, type Matrix, operands } from "./matrix.ts";
import { geometryOf } from "./page-geometry.ts";

/** Text render mode "neither fill nor stroke". */
const INVISIBLE = 3;

const rounded = (value: number): number => Number(value.toFixed(2));

/** Per cent by which characters are stretched to fill a width; nothing may be without any. */
const stretch = (characters: number, size: number, width: number): number =>
  rounded((Math.max(1, width) / (((characters * ADVANCE) / 1000) * size)) * 100);

const lineOperators = (line: Line, place: (box: Box) => Box, font: GlyphlessFont): string[] => {
  const words = line.words.map(({ text, bbox }) => ({ text, bbox: place(bbox) }));
  return words.map(({ text, bbox: [x0, y0, x1, y1] }, index) => {
    const size = rounded(Math.max(1, y1 - y0));
    const width = stretch(Array.from(text).length, size, x1 - x0);
    const word = `/F ${size} Tf ${width} Tz 1 0 0 -1 ${rounded(x0)} ${rounded(y1)} Tm ${font.encode(text)} Tj`;
    const next = words[index + 1];
    // Not every reader sees a gap as a space, so one fills it.
    return next ? `${word} ${stretch(1, size, next.bbox[0] - x1)} Tz ${font.encode(" ")} Tj` : word;
  });
};

/**
 * Page content that lays each word, without ink, exactly over its box: as high as the box, stretched to its width.
 * `toPage` leads from shares of the shown page, y downwards, to the page's own space; `/F` is the font.
 */
export const pageText = (page: PageResult, toPage: Matrix, font: GlyphlessFont): string => {
  const { unstraightened, toShares } = geometryOf(page);
  const words = page.blocks.flatMap(({ lines }) => lines.flatMap((line) => lineOperators(line, unstraightened, font)));
  return [`q ${operands(chain(toShares, toPage))} cm BT ${INVISIBLE} Tr`, ...words, "ET Q"].join("\n");
};
