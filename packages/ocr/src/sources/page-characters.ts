import type { Box } from "@lectura/contracts";
import { createGrid, type ToGrid } from "./page-grid.ts";
import type { Pdfium } from "./pdfium.ts";

/** A glyph, in pixels of the grid. */
export interface Glyph {
  text: string;
  bbox: Box;
  /** Where it stands on its baseline. */
  origin: [x: number, y: number];
  /** Nobody can tell which character it stands for. */
  unreadable: boolean;
  /** Drawn without ink, or below a picture: the text that OCR programs lay behind a scan. */
  invisible: boolean;
}
/** What a page's text is made of, in the order of the file. */
export type PageCharacter = Glyph | "end of word" | "end of line";

/** Text render modes that leave no ink: 3 = invisible, 7 = clipping only. */
const INKLESS = [3, 7];
/** PDFium's code for a hyphen that divides a word at the end of a line; no line end follows it. */
const DIVIDING_HYPHEN = 2;
// U+FFFD, private use, control characters and halves of pairs say no more than that something was drawn.
const UNREADABLE = /[\uFFFD-\uFFFF\p{Co}\p{Cc}\p{Cs}]/u;

/** Damaged fonts map to numbers beyond Unicode. */
const characterOf = (code: number): string => (code >= 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : "\uFFFD");

/** Whether a text object is drawn without ink: not at all, or in a colour that nobody sees. */
export const isInkless = ({ api, getValue, withMemory }: Pdfium, textObject: number): boolean =>
  INKLESS.includes(api.FPDFTextObj_GetTextRenderMode(textObject)) ||
  withMemory(16, (colour) => {
    const alpha = colour + 12;
    const known = api.FPDFPageObj_GetFillColor(textObject, colour, colour + 4, colour + 8, alpha);
    return known && getValue(alpha, "i32") === 0;
  });

interface TextPage {
  page: number;
  textPage: number;
  width: number;
  height: number;
  /** Whether a text object lies below something that nobody sees through. */
  isCovered: (textObject: number) => boolean;
}

/** Reads glyphs of a text page; `room` is memory for four doubles. */
const createGlyphReader = (pdfium: Pdfium, { textPage, isCovered }: TextPage, toGrid: ToGrid, room: number) => {
  const { unwrapped, getValue } = pdfium;
  const getTextObject = unwrapped("FPDFText_GetTextObject");
  const getCharBox = unwrapped("FPDFText_GetCharBox");
  const getCharOrigin = unwrapped("FPDFText_GetCharOrigin");
  const hasUnicodeMapError = unwrapped("FPDFText_HasUnicodeMapError");
  const double = (index: number): number => getValue(room + 8 * index, "double");
  // Characters share few text objects; each call into PDFium costs as much as the rest of a character.
  const inkless = new Map<number, boolean>();

  const isInvisible = (index: number): boolean => {
    const object = getTextObject(textPage, index);
    const known = inkless.get(object);
    if (known !== undefined) return known;
    const invisible = object !== 0 && (isInkless(pdfium, object) || isCovered(object));
    inkless.set(object, invisible);
    return invisible;
  };

  return (index: number, text: string): Glyph => {
    getCharBox(textPage, index, room, room + 8, room + 16, room + 24);
    const [x0, y0] = toGrid(double(0), double(3));
    const [x1, y1] = toGrid(double(1), double(2));
    getCharOrigin(textPage, index, room, room + 8);
    return {
      text,
      bbox: [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)],
      origin: toGrid(double(0), double(1)),
      unreadable: UNREADABLE.test(text) || hasUnicodeMapError(textPage, index) === 1,
      invisible: isInvisible(index),
    };
  };
};

/** The characters of a page, on a grid of `width` × `height` pixels; spaces and line ends are those that PDFium finds. */
export const readCharacters = (pdfium: Pdfium, text: TextPage): PageCharacter[] =>
  pdfium.withMemory(32, (room) => {
    const { api, unwrapped } = pdfium;
    const { textPage } = text;
    const getUnicode = unwrapped("FPDFText_GetUnicode");
    const readGlyph = createGlyphReader(pdfium, text, createGrid(pdfium, text.page, text), room);
    const count = api.FPDFText_CountChars(textPage);
    const characters: PageCharacter[] = [];
    for (let index = 0; index < count; index += 1) {
      const code = getUnicode(textPage, index);
      const text = characterOf(code);
      if (text === "\n" || text === "\r") characters.push("end of line");
      else if (/\s/u.test(text)) characters.push("end of word");
      else if (code === DIVIDING_HYPHEN && api.FPDFText_IsHyphen(textPage, index) === 1) {
        characters.push(readGlyph(index, "-"), "end of line");
      } else characters.push(readGlyph(index, text));
    }
    return characters;
  });
