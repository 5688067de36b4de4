import { francAll } from "franc";

/** Tesseract's names where they are not those of ISO 639-3 that franc knows. */
const ISO_639_3: Record<string, string> = {
  ara: "arb",
  aze: "azj",
  chi_sim: "cmn",
  chi_tra: "cmn",
  est: "ekk",
  fas: "pes",
  lav: "lvs",
  mon: "khk",
  msa: "zlm",
  nep: "npi",
  nor: "nob",
  ori: "ory",
  sqi: "als",
  swa: "swh",
  uzb: "uzn",
  yid: "ydd",
};

/** A language this close to the likeliest is likely as well: numbers and names are alike in all of them. */
const CLOSE = 0.97;
/** More models make recognition slower and no better. */
const MOST = 3;

/** The languages, of those to choose from, that a text is most likely in; the likeliest first, none for no text. */
export const guessLanguages = (text: string, installed: string[]): string[] => {
  const names = new Map(installed.map((language) => [ISO_639_3[language] ?? language, language]));
  const ranked = francAll(text, { only: [...names.keys()] });
  return ranked.flatMap(([name, score]) => (score >= CLOSE ? (names.get(name) ?? []) : [])).slice(0, MOST);
};
