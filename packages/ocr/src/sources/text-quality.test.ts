import { describe, expect, it } from "vitest";
import type { Glyph } from "./page-characters.ts";
import { judgeTextLayer } from "./text-quality.ts";

const SENTENCE = "Todos los seres humanos nacen libres e iguales en dignidad y derechos".replaceAll(" ", "");
const glyph: Glyph = { text: "", bbox: [0, 0, 5, 5], origin: [0, 5], unreadable: false, invisible: false };
const glyphs = (count: number, flaw: Partial<Glyph> = {}, flawed = 0): Glyph[] =>
  Array.from({ length: count }, (_, index) => ({
    ...glyph,
    text: SENTENCE.charAt(index % SENTENCE.length),
    ...(index < flawed && flaw),
  }));

/** As fonts do whose codes count from another place. */
const shifted = (one: Glyph): Glyph => ({ ...one, text: String.fromCharCode(one.text.charCodeAt(0) + 3) });

describe("a text layer", () => {
  it.each([
    ["visible, readable characters", glyphs(300), 0, true, "300 visible"],
    ["text on a background picture", glyphs(300), 1, true, "300 visible"],
    ["a few strange characters among many", glyphs(100, { unreadable: true }, 9), 0, true, "100 visible"],
    ["nothing", [], 0, false, "no text layer"],
    ["a page number", glyphs(3), 0, false, "only 3 characters."],
    ["a stamp on a scan", glyphs(60), 0.95, false, "only 60 characters on a scan"],
    [
      "an OCR run's text behind a scan",
      glyphs(300, { invisible: true }, 300),
      0.95,
      false,
      "100 % of the text layer is invisible or covered",
    ],
    [
      "a font without character codes",
      glyphs(100, { unreadable: true }, 50),
      0,
      false,
      "50 % of the text layer has no readable",
    ],
    ["letters that stand for others", glyphs(300).map(shifted), 0, false, "no words of any language"],
  ] as const)("of %s", (_, characters, coverage, good, reason) => {
    expect(judgeTextLayer([...characters], coverage)).toEqual({ good, reason: expect.stringContaining(reason) });
  });
});
