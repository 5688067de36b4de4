import { expect, it } from "vitest";
import { characterErrorRate, normalise, wordErrorRate, wordF, wordsFound } from "./metrics.ts";

it("takes no difference of spelling marks for a mistake", () => {
  expect(normalise("«Así» \u2014 dijo\u2026")).toBe('"Así" - dijo...');
  expect(normalise("o\uFB01cina de \u017Fal")).toBe("oficina de sal");
  expect(normalise("pala¬bra, pa\u00ADla\u00ADbra")).toBe("pala-bra, palabra");
  expect(normalise("  a\n\n b\tc ")).toBe("a b c");
  expect(normalise("n\u0303")).toBe("ñ");
});

it("counts every inserted, lost and wrong character once", () => {
  expect(characterErrorRate("abcd", "abcd")).toBe(0);
  expect(characterErrorRate("abcd", "abd")).toBe(1 / 4);
  expect(characterErrorRate("abcd", "abxcd")).toBe(1 / 4);
  expect(characterErrorRate("abcd", "axcd")).toBe(1 / 4);
  expect(characterErrorRate("kitten", "sitting")).toBe(3 / 6);
});

it("counts everything as lost when nothing was read", () => {
  expect(characterErrorRate("abcd", "")).toBe(1);
  expect(wordF("uno dos", "")).toBe(0);
});

it("compares words without regard to order, case and outer punctuation", () => {
  expect(wordF("El Perro, (negro).", "negro perro el")).toBe(1);
});

it("counts a word as often as it stands there", () => {
  expect(wordF("uno uno dos", "uno dos dos")).toBeCloseTo(2 / 3);
});

it("weighs what is missing and what is too much alike", () => {
  expect(wordF("a b c d", "a b")).toBeCloseTo((2 * 1 * 0.5) / 1.5);
  expect(wordF("a b", "a b c d")).toBeCloseTo((2 * 0.5 * 1) / 1.5);
});

it("counts wrong words as they come, and found ones wherever they stand", () => {
  expect(wordErrorRate("uno dos tres cuatro", "uno tres Cuatro.")).toBe(1 / 4);
  expect(wordErrorRate("uno dos", "dos uno")).toBe(1);
  expect(wordsFound("uno dos tres cuatro", "tres uno seis siete ocho")).toBe(1 / 2);
});
