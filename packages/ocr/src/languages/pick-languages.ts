import { AUTO_LANGUAGES } from "@lectura/contracts";
import type { GreyImage, ReadBlock } from "../engines/engine.ts";
import { summarise } from "../page/summarise.ts";
import { guessLanguages } from "./guess-languages.ts";
import { scriptOf } from "./scripts.ts";
import { textBand } from "./text-band.ts";

export interface Picked {
  languages: string[];
  /** How they were found, as the end of an attempt's reason; empty when they were given. */
  note: string;
}

type Recognize = (image: GreyImage, languages: string[]) => Promise<ReadBlock[]>;

/** Which model reads first what is in its script: English letters are in all Latin alphabets. */
const FIRST = "eng";
const firstOf = (languages: string[]): string => (languages.includes(FIRST) ? FIRST : (languages[0] ?? FIRST));

const isAuto = (asked: string[]): boolean => asked.join("+") === AUTO_LANGUAGES;

/** The languages of a text that needs no recognition. */
export const pickByText = (asked: string[], installed: string[], text: string): Picked => {
  if (!isAuto(asked)) return { languages: asked, note: "" };
  const guessed = guessLanguages(text, installed);
  if (guessed.length === 0) return { languages: installed, note: " It is too little text to tell its language." };
  return { languages: guessed, note: ` Its words look like ${guessed.join(" or ")}.` };
};

/**
 * The languages to recognise a page with. Where they are not given, a band of the page is read once for every installed
 * script; the model that is most certain tells the script, and what it has read the languages.
 */
export const pickByImage = async (
  asked: string[],
  installed: string[],
  image: GreyImage,
  recognize: Recognize,
): Promise<Picked> => {
  if (!isAuto(asked)) return { languages: asked, note: "" };
  const scripts = [...Map.groupBy(installed, scriptOf)];
  const band = await textBand(image);
  let best: { script: string; languages: string[]; text: string; confidence: number } | undefined;
  for (const [script, languages] of scripts) {
    const { text, confidence } = summarise(await recognize(band, [firstOf(languages)]));
    if (confidence === null || confidence <= (best?.confidence ?? 0)) continue;
    best = { script, languages, text, confidence };
  }
  const guessed = best ? guessLanguages(best.text, best.languages) : [];
  if (best && guessed.length > 0) {
    return { languages: guessed, note: ` A first pass looked ${best.script} and like ${guessed.join(" or ")}.` };
  }
  const fallback = [firstOf(best?.languages ?? installed)];
  return { languages: fallback, note: " A first pass did not tell the language." };
};
