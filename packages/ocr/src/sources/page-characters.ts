import type { Box } from "@lectura/contracts";
import type { Pdfium } from "./pdfium.ts";

/** A character in the order in which the file draws it, in pixels of the grid; `break` ends a word or a line. */
export interface PageCharacter {
  text: string;
  break: "word" | "line" | null;
  bbox: Box;
  /** Where the character stands on its baseline. */
  origin: [x: number, y: number];
  /** Nobody can tell which character the glyph stands for. */
  unreadable: boolean;
  /** Drawn without ink: the text that OCR programs lay behind a scan. */
  invisible: boolean;
}

/** Text render modes that leave no ink: 3 = invisible, 7 = clipping only. */
const INKLESS = [3, 7];
// U+FFFD, private use and control characters say no more than that something was drawn.
const UNREADABLE = /[\uFFFD\uFFFE\uFFFF\p{Co}\p{Cc}\p{Cs}]/u;

/** Damaged fonts map to numbers beyond Unicode. */
const characterOf = (code: number): string => (code >= 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : "\uFFFD");

const breakOf = (text: string, generated: boolean): PageCharacter["break"] => {
  if (text === "\n" || text === "\r") return "line";
  if (generated || /\s/u.test(text)) return "word";
  return null;
};

/** The characters of a page, on a grid of `width` × `height` pixels with the page's rotation applied. */
export const readCharacters = (
  { api, getValue, withMemory }: Pdfium,
  { page, textPage, width, height }: { page: number; textPage: number; width: number; height: number },
): PageCharacter[] =>
  withMemory(40, (room) => {
    const double = (index: number): number => getValue(room + 8 * index, "double");
    // PDFium rounds device coordinates to whole numbers: ask for sixteenths of a pixel.
    const toGrid = (x: number, y: number): [number, number] => {
      api.FPDF_PageToDevice(page, 0, 0, width * 16, height * 16, 0, x, y, room + 32, room + 36);
      return [getValue(room + 32, "i32") / 16, getValue(room + 36, "i32") / 16];
    };
    const boxOf = (index: number): Box => {
      api.FPDFText_GetCharBox(textPage, index, room, room + 8, room + 16, room + 24);
      const [left, right, bottom, top] = [double(0), double(1), double(2), double(3)];
      const [x0, y0] = toGrid(left, top);
      const [x1, y1] = toGrid(right, bottom);
      return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
    };
    const originOf = (index: number): [number, number] => {
      api.FPDFText_GetCharOrigin(textPage, index, room, room + 8);
      return toGrid(double(0), double(1));
    };
    const isInvisible = (index: number): boolean => {
      const object = api.FPDFText_GetTextObject(textPage, index);
      return object !== 0 && INKLESS.includes(api.FPDFTextObj_GetTextRenderMode(object));
    };

    return Array.from({ length: Math.max(0, api.FPDFText_CountChars(textPage)) }, (_, index) => {
      const hyphen = api.FPDFText_IsHyphen(textPage, index) === 1;
      const text = hyphen ? "-" : characterOf(api.FPDFText_GetUnicode(textPage, index));
      const end = breakOf(text, api.FPDFText_IsGenerated(textPage, index) === 1 && !hyphen);
      return {
        text,
        break: end,
        bbox: boxOf(index),
        origin: originOf(index),
        unreadable: !end && (UNREADABLE.test(text) || api.FPDFText_HasUnicodeMapError(textPage, index) === 1),
        invisible: !end && isInvisible(index),
      };
    });
  });
