/** Evenly spread numbers from 0 to 1, the same for the same seed (mulberry32): the samples do not change by themselves. */
export const seeded = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Numbers around 0 that are mostly within ±1, as sensor noise is (near enough: a sum of even ones). */
export const noise = (random: () => number) => (): number => (random() + random() + random() + random() - 2) * 1.7;
