import { describe, expect, it } from "vitest";
import { makesSense } from "./text-sense.ts";

const ARTICLE = {
  Spanish:
    "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia, " +
    "deben comportarse fraternalmente los unos con los otros.",
  English:
    "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and " +
    "should act towards one another in a spirit of brotherhood.",
  Polish:
    "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i " +
    "sumieniem i powinni postępować wobec innych w duchu braterstwa.",
};
const BIT = 29;

const shift = (text: string, by: number): string =>
  text.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(97 + ((letter.charCodeAt(0) - 97 + by) % 26)));

describe("text makes sense", () => {
  it.each(Object.entries(ARTICLE))("in %s", (_, text) => expect(makesSense(text)).toBe(true));
  it.each([
    ["in capitals", ARTICLE.Spanish.toUpperCase()],
    ["in another script", "Все люди рождаются свободными и равными в своем достоинстве и правах.".repeat(3)],
    ["in a table of prices", "Café 2 3.500,00 $ 7.000,00 IVA 19 % 1.330,00 Total (COP) $ 8.330,00 ".repeat(5)],
    ["with the dots of a table of contents", `Capítulo primero ${".".repeat(200)} 12`],
    ["when it is too short to tell", "Xyz-q7 bcd"],
  ])("%s", (_, text) => expect(makesSense(text)).toBe(true));
});

describe("text makes no sense", () => {
  it.each([1, 3, 13, 25])("when its letters are %d places from what they show", (by) => {
    expect(makesSense(shift(ARTICLE.Spanish.toLowerCase(), by))).toBe(false);
    expect(makesSense(shift(ARTICLE.English.toLowerCase(), by))).toBe(false);
  });

  it("when it is the numbers of the glyphs", () => {
    const glyphs = Array.from(ARTICLE.Spanish, (letter) => String.fromCharCode(letter.charCodeAt(0) - BIT)).join("");
    expect(makesSense(glyphs)).toBe(false);
  });

  it("when it is marks", () => {
    expect(makesSense("!#@^~*+=<>|\\".repeat(10))).toBe(false);
  });
});
