// The pairs of letters that make up half and more of what is written in the languages of Europe and many others.
const COMMON = new Set(
  (
    "th he in er an re on at en nd ti es or te ed is it al ar st to nt ng se as ou io le ve co me de ri ro ic ne ea ra ce " +
    "li ch ll be ma si om ur la el qu ue os do da ad ta un ie ei ge ca na ni ci tr no ac pa po us ut il sc ho wa"
  ).split(" "),
);

/**
 * How many pairs of Latin letters within words must be common ones. Of the 95 pages of the corpus, English and Spanish, the
 * least has 42 %, and so have Polish, Finnish, Turkish, Vietnamese and Basque; shifted by any number of letters, as fonts
 * with broken codes do it, half have less than 10 % and all but one less than 27 %.
 */
const SENSIBLE = 0.33;
/** Fewer pairs are names and numbers, of which nothing can be said. */
const ENOUGH_PAIRS = 60;

/** Marks beyond those of prose, tables and prices. */
const SYMBOL = /[^\p{L}\p{M}\p{N}\s.,:;…·•'’"“”«»()/%$€_–—-]/u;
/** Share of such marks that text may have. */
const SYMBOLS = 0.3;
const ENOUGH_CHARACTERS = 40;

const pairsOf = (text: string): { common: number; all: number } => {
  const plain = text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  let common = 0;
  let all = 0;
  for (const word of plain.match(/[a-z]{2,}/g) ?? []) {
    for (let at = 0; at < word.length - 1; at += 1) {
      all += 1;
      if (COMMON.has(word.slice(at, at + 2))) common += 1;
    }
  }
  return { common, all };
};

/** Whether text may be what somebody wrote: fonts with broken codes give other letters, or marks, than they show. */
export const makesSense = (text: string): boolean => {
  const { common, all } = pairsOf(text);
  if (all >= ENOUGH_PAIRS && common / all < SENSIBLE) return false;
  const characters = Array.from(text).filter((character) => character.trim() !== "");
  const symbols = characters.filter((character) => SYMBOL.test(character)).length;
  return characters.length < ENOUGH_CHARACTERS || symbols / characters.length <= SYMBOLS;
};
