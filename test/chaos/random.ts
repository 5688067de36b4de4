import { crc32 } from "node:zlib";

/** Chance with a seed (mulberry32), so that a run can be repeated. */
export const createRandom = (seed: number) => {
  let state = seed;
  /** From 0 to below 1. */
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const pick = <T>(list: readonly T[]): T => {
    const [found] = list.slice(Math.floor(next() * list.length));
    if (found === undefined) throw new Error("there is nothing to pick from");
    return found;
  };
  return {
    between: (low: number, high: number): number => low + (high - low) * next(),
    chance: (share: number): boolean => next() < share,
    pick,
    /** All of a list, in an order of its own. */
    shuffled: <T>(list: readonly T[]): T[] =>
      list
        .map((each) => ({ each, place: next() }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ each }) => each),
    /** Another one that hangs on the seed and its name alone: what others draw meanwhile does not change it. */
    branch: (name: string): Random => createRandom(crc32(name, seed >>> 0)),
  };
};
export interface Random {
  between(low: number, high: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
  branch(name: string): Random;
}
