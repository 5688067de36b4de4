const FOLDED: readonly [RegExp, string][] = [
  [/[\u2018\u2019\u201A\u201B\u2032\u00B4`]/g, "'"],
  [/[\u201C\u201D\u201E\u201F\u2033\u00AB\u00BB]/g, '"'],
  [/[\u2010-\u2015\u2212\u00AC]/g, "-"],
  [/\u2026/g, "..."],
  [/\u017F/g, "s"],
  [/\uFB01/g, "fi"],
  [/\uFB02/g, "fl"],
  [/\u00AD/g, ""],
  [/\s+/g, " "],
];

/**
 * Text as it is compared: NFC, quotes and dashes (`¬` too) folded to ASCII, ligatures and long s written out, soft hyphens
 * dropped, white space collapsed. What differs only in these is no mistake of the engine.
 */
export const normalise = (text: string): string =>
  FOLDED.reduce((folded, [pattern, plain]) => folded.replaceAll(pattern, plain), text.normalize("NFC")).trim();

/** The fewest insertions, deletions and substitutions that make one sequence of characters or words the other. */
const editDistance = (from: readonly string[], to: readonly string[]): number => {
  let above = Uint32Array.from({ length: to.length + 1 }, (_, column) => column);
  let current = new Uint32Array(to.length + 1);
  for (const [row, each] of from.entries()) {
    current[0] = row + 1;
    for (let column = 1; column <= to.length; column += 1) {
      const substituted = (above[column - 1] ?? 0) + (each === to[column - 1] ? 0 : 1);
      current[column] = Math.min(substituted, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
    }
    [above, current] = [current, above];
  }
  return above[to.length] ?? 0;
};

/** Character error rate: edit distance over the truth's length; 0 is perfect, and it can pass 1. */
export const characterErrorRate = (truth: string, read: string): number => {
  const wanted = Array.from(normalise(truth));
  return editDistance(wanted, Array.from(normalise(read))) / Math.max(1, wanted.length);
};

const OUTER_PUNCTUATION = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

const words = (text: string): string[] =>
  normalise(text)
    .toLowerCase()
    .split(" ")
    .map((word) => word.replaceAll(OUTER_PUNCTUATION, ""))
    .filter((word) => word !== "");

/** Word error rate: edit distance over the truth's words, case and outer punctuation aside; 0 is perfect, and it can pass 1. */
export const wordErrorRate = (truth: string, read: string): number => {
  const wanted = words(truth);
  return editDistance(wanted, words(read)) / Math.max(1, wanted.length);
};

/** How many words two texts have in common, without regard to order. */
const commonWords = (wanted: readonly string[], found: readonly string[]): number => {
  const missing = new Map<string, number>();
  for (const word of wanted) missing.set(word, (missing.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of found) {
    const left = missing.get(word) ?? 0;
    if (left > 0) common += 1;
    missing.set(word, left - 1);
  }
  return common;
};

/** The share of the truth's words that was read, without regard to order. */
export const wordsFound = (truth: string, read: string): number => {
  const wanted = words(truth);
  return wanted.length === 0 ? 1 : commonWords(wanted, words(read)) / wanted.length;
};

/** How much two texts have in common as bags of words, without regard to order: 0 to 1, F of precision and recall. */
export const wordF = (truth: string, read: string): number => {
  const [wanted, found] = [words(truth), words(read)];
  // Both empty: nothing to read, and nothing was read.
  return wanted.length + found.length === 0 ? 1 : (2 * commonWords(wanted, found)) / (wanted.length + found.length);
};
