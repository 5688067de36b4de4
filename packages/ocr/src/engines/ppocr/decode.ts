/** A character as it was read, with where its middle lies in the recogniser's image of the line. */
export interface ReadCharacter {
  text: string;
  /** 0 to 1. */
  probability: number;
  x: number;
}

interface Alphabet {
  /** By class; none is the first. */
  characters: readonly string[];
  /** Columns of the image to a step. */
  columns: number;
}

const NOTHING = 0;

const likeliest = (probabilities: Float32Array): number => {
  let best = NOTHING;
  for (let index = 1; index < probabilities.length; index += 1) {
    if ((probabilities[index] ?? 0) > (probabilities[best] ?? 0)) best = index;
  }
  return best;
};

/**
 * The likeliest character at every step, repetitions and nothings left out: greedy decoding of A. Graves et al.,
 * "Connectionist Temporal Classification" (2006).
 */
export const decode = (probabilities: Float32Array, { characters, columns }: Alphabet): ReadCharacter[] => {
  const read: ReadCharacter[] = [];
  let last = NOTHING;
  for (let step = 0; step * characters.length < probabilities.length; step += 1) {
    const at = probabilities.subarray(step * characters.length, (step + 1) * characters.length);
    const best = likeliest(at);
    if (best !== NOTHING && best !== last) {
      read.push({ text: characters[best] ?? "", probability: at[best] ?? 0, x: (step + 1 / 2) * columns });
    }
    last = best;
  }
  return read;
};
