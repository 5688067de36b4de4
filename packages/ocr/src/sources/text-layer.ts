import { type Glyph, readCharacters } from "./page-characters.ts";
import type { Pdfium } from "./pdfium.ts";
import type { TextLayer } from "./source.ts";
import { readBlocks } from "./text-lines.ts";
import { judgeTextLayer } from "./text-quality.ts";

/** The grid of text-layer pages (API.md): there are no pixels to follow. */
const GRID_DPI = 150;
const POINTS_PER_INCH = 72;

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

const toGrid = (points: number): number => Math.max(1, Math.round((points / POINTS_PER_INCH) * GRID_DPI));

/** Reads what a PDF page says by itself. */
export const readTextLayer = (pdfium: Pdfium, page: number): TextLayer => {
  const { api } = pdfium;
  const width = toGrid(api.FPDF_GetPageWidthF(page));
  const height = toGrid(api.FPDF_GetPageHeightF(page));
  const textPage = api.FPDFText_LoadPage(page);
  try {
    const onPage = ({ bbox: [x0, y0, x1, y1] }: Glyph) => x1 >= 0 && y1 >= 0 && x0 <= width && y0 <= height;
    const characters = readCharacters(pdfium, { page, textPage, width, height }).filter(
      (character) => typeof character === "string" || onPage(character),
    );
    const glyphs = characters.filter((character) => typeof character !== "string");
    const readable = characters.filter((character) => typeof character === "string" || !character.unreadable);
    const verdict = judgeTextLayer(glyphs, pictureCoverage(pdfium, page));
    return { width, height, dpi: GRID_DPI, blocks: readBlocks(readable), ...verdict };
  } finally {
    api.FPDFText_ClosePage(textPage);
  }
};
