import { expect, test } from "vitest";
import { inPieces } from "./in-pieces.ts";

const piecesOf = async (...chunks: string[]): Promise<string[]> => {
  const source = async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk);
  };
  const pieces: string[] = [];
  for await (const piece of inPieces(source(), 4)) pieces.push(Buffer.concat(piece).toString());
  return pieces;
};

test("small chunks go together, large ones as they are, and the rest at the end", async () => {
  expect(await piecesOf("a", "bc", "def", "ghijklm", "n", "o")).toEqual(["abcdef", "ghijklm", "no"]);
});

test("nothing gives nothing", async () => {
  expect(await piecesOf()).toEqual([]);
  expect(await piecesOf("", "")).toEqual([]);
});
