/** A character as it was read, with where its middle lies in the recogniser's image of the line. */
export interface ReadCharacter {
  text: string;
  /** 0 to 1. */
  probability: number;
  x: number;
}

interface Alphabet {
  /** How many classes the network knows. */
  known: number;
  characters: string[];
  /** Those of them that may be an answer. */
  classes: Int32Array;
  /** Columns of the image to a step. */
  columns: number;
}

const NOTHING = 0;

const likeliest = (
  probabilities: Float32Array,
  from: number,
  classes: Int32Array,
): [best: number, probability: number] => {
  let [best, probability] = [NOTHING, -1];
  for (const candidate of classes) {
    const value = probabilities[from + candidate] ?? 0;
    if (value > probability) [best, probability] = [candidate, value];
  }
  return [best, probability];
};

/**
 * The likeliest character at every step, repetitions and nothings left out: greedy decoding of A. Graves et al.,
 * "Connectionist Temporal Classification" (2006).
 */
export const decode = (
  probabilities: Float32Array,
  { known, characters, classes, columns }: Alphabet,
): ReadCharacter[] => {
  const read: ReadCharacter[] = [];
  let last = NOTHING;
  for (let step = 0; step * known < probabilities.length; step += 1) {
    const [best, probability] = likeliest(probabilities, step * known, classes);
    if (best !== NOTHING && best !== last) {
      read.push({ text: characters[best] ?? "", probability, x: (step + 1 / 2) * columns });
    }
    last = best;
  }
  return read;
};
