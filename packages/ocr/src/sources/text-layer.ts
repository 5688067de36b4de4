import type { Box } from "@lectura/contracts";
import { type Glyph, readCharacters } from "./page-characters.ts";
import { type PageObject, readObjects } from "./page-objects.ts";
import { coverageOf, type Picture, readPictures, SCAN_COVERAGE } from "./page-pictures.ts";
import type { Pdfium } from "./pdfium.ts";
import type { TextLayer } from "./source.ts";
import { readBlocks } from "./text-lines.ts";
import { judgeTextLayer } from "./text-quality.ts";

/** The grid of text-layer pages (API.md): there are no pixels to follow. */
const GRID_DPI = 150;
const POINTS_PER_INCH = 72;

/** Pictures that may hold lines of text: three quarters of an inch by half an inch, at a resolution that shows letters. */
const TEXT_PICTURE = { width: 0.75 * GRID_DPI, height: 0.5 * GRID_DPI, dpi: 90, coverage: 0.03 };
/** With more glyphs on it a picture is their background, not text by itself. */
const ENOUGH_GLYPHS_ON_IT = 5;

const toGrid = (points: number): number => Math.max(1, Math.round((points / POINTS_PER_INCH) * GRID_DPI));

/** Text that is drawn before a picture as large as the page lies below it: some OCR programs hide theirs like that. */
const findCovered = (objects: PageObject[], pictures: Picture[]) => {
  const lid = pictures.findLast(({ coverage }) => coverage > SCAN_COVERAGE)?.order ?? 0;
  const covered = new Set(objects.slice(0, lid).flatMap(({ kind, handle }) => (kind === "text" ? [handle] : [])));
  return (textObject: number): boolean => covered.has(textObject);
};

/** The pictures whose text, if they show any, is not in the text layer. */
const unreadPictures = (pictures: Picture[], glyphs: Glyph[]): Box[] =>
  pictures.flatMap(({ bbox, dpi, coverage }) => {
    const [x0, y0, x1, y1] = bbox;
    if (x1 - x0 < TEXT_PICTURE.width || y1 - y0 < TEXT_PICTURE.height) return [];
    if (dpi < TEXT_PICTURE.dpi || coverage < TEXT_PICTURE.coverage) return [];
    const onIt = glyphs.filter(({ origin: [x, y] }) => x >= x0 && x <= x1 && y >= y0 && y <= y1);
    return onIt.length < ENOUGH_GLYPHS_ON_IT ? [bbox] : [];
  });

/** Reads what a PDF page says by itself. */
export const readTextLayer = (pdfium: Pdfium, page: number): TextLayer => {
  const { api } = pdfium;
  const width = toGrid(api.FPDF_GetPageWidthF(page));
  const height = toGrid(api.FPDF_GetPageHeightF(page));
  const objects = readObjects(pdfium, page);
  const pictures = readPictures(pdfium, { page, objects, width, height });
  const textPage = api.FPDFText_LoadPage(page);
  try {
    const onPage = ({ bbox: [x0, y0, x1, y1] }: Glyph) => x1 >= 0 && y1 >= 0 && x0 <= width && y0 <= height;
    const isCovered = findCovered(objects, pictures);
    const characters = readCharacters(pdfium, { page, textPage, width, height, isCovered }).filter(
      (character) => typeof character === "string" || onPage(character),
    );
    const glyphs = characters.filter((character) => typeof character !== "string");
    const readable = characters.filter((character) => typeof character === "string" || !character.unreadable);
    const verdict = judgeTextLayer(characters, coverageOf(pictures));
    return {
      width,
      height,
      dpi: GRID_DPI,
      blocks: readBlocks(readable),
      ...verdict,
      pictures: unreadPictures(pictures, glyphs),
    };
  } finally {
    api.FPDFText_ClosePage(textPage);
  }
};
