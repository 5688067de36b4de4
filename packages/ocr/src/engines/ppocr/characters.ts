import { contentOf, fieldsOf } from "./protobuf.ts";

// Fields of onnx.proto: ModelProto.metadata_props, and of its entries key and value.
const METADATA = 14;
const KEY = 1;
const VALUE = 2;

/** The characters that a recogniser tells apart, by class: they stand in its metadata, one a line; none is first, a space last. */
export const readCharacters = (model: Buffer): string[] => {
  for (const { number, content } of fieldsOf(model)) {
    if (number !== METADATA || !content || contentOf(content, KEY).toString() !== "character") continue;
    return ["", ...contentOf(content, VALUE).toString().split("\n"), " "];
  }
  throw new Error("The recogniser does not say which characters it tells apart.");
};

const LATIN = /^[\p{Script=Latin}\p{Script=Common}]$/u;
/** Forms for lines of Chinese: they look like those of Latin text and would be taken for them. */
const FULL_WIDTH = /[\u2460-\u2BFF\u3000-\u33FF\uFF00-\uFFEF]/;

/** The classes that Latin text may have: what else the model knows is no answer. */
export const latinClasses = (characters: string[]): number[] =>
  characters.flatMap((character, index) =>
    index === 0 || (LATIN.test(character) && !FULL_WIDTH.test(character)) ? [index] : [],
  );
