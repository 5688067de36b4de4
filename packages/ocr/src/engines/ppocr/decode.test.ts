import { expect, it } from "vitest";
import { decode } from "./decode.ts";

const characters = ["", "a", "b", " "];

/** Steps by their likeliest class, with what is left for the others. */
const steps = (...classes: [index: number, probability: number][]) =>
  Float32Array.from(
    classes.flatMap(([best, probability]) => characters.map((_, at) => (at === best ? probability : 0))),
  );
const read = (probabilities: Float32Array) => decode(probabilities, { characters, columns: 8 });

it("takes a character that lasts for one, and one after a pause for two", () => {
  const line = read(steps([1, 0.9], [1, 0.8], [0, 1], [1, 0.7], [2, 0.6]));
  expect(line.map(({ text }) => text).join("")).toBe("aab");
});

it("says how likely each is and where it stands", () => {
  expect(read(steps([0, 1], [2, 0.5]))).toEqual([{ text: "b", probability: 0.5, x: 12 }]);
});
