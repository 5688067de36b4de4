import type { PageCharacter } from "./page-characters.ts";
import { readCharacters } from "./page-characters.ts";
import type { Pdfium } from "./pdfium.ts";
import type { TextLayer } from "./source.ts";
import { readBlocks } from "./text-lines.ts";

/** The grid of text-layer pages (API.md): there are no pixels to follow. */
const GRID_DPI = 150;
const POINTS_PER_INCH = 72;

/** Fewer are a page number or a stamp on something drawn. */
const ENOUGH_CHARACTERS = 20;
/** A scanner's own header or a stamp on a scan stays below; a page of text on a background picture does not. */
const ENOUGH_ON_A_SCAN = 200;
/** Share of the page that one picture covers when the page is a scan. */
const SCAN_COVERAGE = 0.7;
/** Share of characters that may be unreadable or invisible. */
const TOLERATED = 0.1;

/** `FPDF_PAGEOBJ_IMAGE` */
const IMAGE_OBJECT = 3;

/** The share of the page that its largest picture covers. */
const pictureCoverage = ({ api, getValue, withMemory }: Pdfium, page: number): number => {
  const area = api.FPDF_GetPageWidthF(page) * api.FPDF_GetPageHeightF(page);
  return withMemory(16, (room) => {
    let largest = 0;
    for (let index = api.FPDFPage_CountObjects(page) - 1; index >= 0; index -= 1) {
      const object = api.FPDFPage_GetObject(page, index);
      if (api.FPDFPageObj_GetType(object) !== IMAGE_OBJECT) continue;
      if (!api.FPDFPageObj_GetBounds(object, room, room + 4, room + 8, room + 12)) continue;
      const [left = 0, bottom = 0, right = 0, top = 0] = [0, 4, 8, 12].map((at) => getValue(room + at, "float"));
      largest = Math.max(largest, (right - left) * (top - bottom));
    }
    return largest / area;
  });
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const bad = (reason: string) => ({ good: false, reason });

/** Whether the layer can stand for the page, and the sentence that says why. */
const judge = (characters: PageCharacter[], coverage: number): Pick<TextLayer, "good" | "reason"> => {
  const glyphs = characters.filter((character) => !character.break);
  const share = (property: "unreadable" | "invisible") =>
    glyphs.filter((glyph) => glyph[property]).length / Math.max(1, glyphs.length);
  const enough = coverage > SCAN_COVERAGE ? ENOUGH_ON_A_SCAN : ENOUGH_CHARACTERS;

  if (glyphs.length === 0) return bad("The page has no text layer.");
  if (share("invisible") > TOLERATED) {
    return bad(
      `${percent(share("invisible"))} of the text layer is invisible, as OCR programs leave it behind a scan.`,
    );
  }
  if (share("unreadable") > TOLERATED) {
    return bad(`${percent(share("unreadable"))} of the text layer's characters have no readable code.`);
  }
  if (glyphs.length < enough) {
    return bad(`The text layer has only ${glyphs.length} characters${coverage > SCAN_COVERAGE ? " on a scan" : ""}.`);
  }
  return { good: true, reason: `The page's own text layer is good: ${glyphs.length} visible, readable characters.` };
};

const toGrid = (points: number): number => Math.max(1, Math.round((points / POINTS_PER_INCH) * GRID_DPI));

/** Reads what a PDF page says by itself. */
export const readTextLayer = (pdfium: Pdfium, page: number): TextLayer => {
  const { api } = pdfium;
  const width = toGrid(api.FPDF_GetPageWidthF(page));
  const height = toGrid(api.FPDF_GetPageHeightF(page));
  const textPage = api.FPDFText_LoadPage(page);
  try {
    const onPage = ({ bbox: [x0, y0, x1, y1] }: PageCharacter) => x1 >= 0 && y1 >= 0 && x0 <= width && y0 <= height;
    const characters = readCharacters(pdfium, { page, textPage, width, height }).filter(
      (character) => character.break || onPage(character),
    );
    const readable = characters.filter((character) => !character.unreadable);
    const verdict = judge(characters, pictureCoverage(pdfium, page));
    return { width, height, dpi: GRID_DPI, blocks: readBlocks(readable), ...verdict };
  } finally {
    api.FPDFText_ClosePage(textPage);
  }
};
