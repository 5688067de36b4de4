import type { GreyImage } from "../engines/engine.ts";
import { findInk, type Ink } from "./ink.ts";
import { letterHeight, reduce } from "./letters.ts";
import type { Pixels } from "./pixels.ts";

/** What is found out about an image once, when a step first asks. */
export interface Facts {
  /** It in the size in which its letters are looked at: most steps need no more of it to decide. */
  reduced(): Promise<Pixels>;
  /** What is ink in that size. */
  ink(): Promise<Ink>;
  /** The median height of its letters in pixels; undefined where there are hardly any. */
  letterHeight(): Promise<number | undefined>;
}

export const factsOf = (image: GreyImage): Facts => {
  let small: Promise<Pixels> | undefined;
  let found: Promise<Ink> | undefined;
  let height: Promise<number | undefined> | undefined;
  const reduced = () => (small ??= reduce(image));
  const ink = () => (found ??= reduced().then(({ data }) => findInk(data)));
  const measure = async () => letterHeight(image, await reduced(), await ink());
  return {
    reduced,
    ink,
    letterHeight: () => (height ??= measure()),
  };
};
