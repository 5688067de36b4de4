import type { Glyph, PageCharacter } from "./page-characters.ts";
import { SCAN_COVERAGE } from "./page-pictures.ts";
import type { TextLayer } from "./source.ts";
import { makesSense } from "./text-sense.ts";

/** Fewer are a page number or a stamp on something drawn. */
const ENOUGH_GLYPHS = 20;
/** A scanner's own header or a stamp on a scan stays below; a page of text on a background picture does not. */
const ENOUGH_ON_A_SCAN = 200;
/** Share of glyphs that may be unreadable or invisible. */
const TOLERATED = 0.1;

const bad = (reason: string) => ({ good: false, reason });
const percent = (share: number): string => `${Math.round(share * 100)} %`;

const textOf = (characters: PageCharacter[]): string =>
  characters.map((character) => (typeof character === "string" ? " " : character.text)).join("");

/** Whether a text layer can stand for its page, and the sentence that says why; `coverage` is the pictures' share of it. */
export const judgeTextLayer = (characters: PageCharacter[], coverage: number): Pick<TextLayer, "good" | "reason"> => {
  const glyphs = characters.filter((character): character is Glyph => typeof character !== "string");
  if (glyphs.length === 0) return bad("The page has no text layer.");
  const share = (property: "unreadable" | "invisible") =>
    glyphs.filter((glyph) => glyph[property]).length / glyphs.length;
  const invisible = share("invisible");
  if (invisible > TOLERATED) {
    return bad(
      `${percent(invisible)} of the text layer is invisible or covered, as OCR programs leave it behind a scan.`,
    );
  }
  const unreadable = share("unreadable");
  if (unreadable > TOLERATED) return bad(`${percent(unreadable)} of the text layer has no readable character codes.`);
  if (!makesSense(textOf(characters))) {
    return bad("The text layer makes no words of any language: its fonts have wrong character codes.");
  }
  const scan = coverage > SCAN_COVERAGE;
  if (glyphs.length < (scan ? ENOUGH_ON_A_SCAN : ENOUGH_GLYPHS)) {
    return bad(`The text layer has only ${glyphs.length} characters${scan ? " on a scan" : ""}.`);
  }
  return { good: true, reason: `The page's own text layer is good: ${glyphs.length} visible, readable characters.` };
};
