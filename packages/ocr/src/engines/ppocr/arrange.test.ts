import type { Box } from "@lectura/contracts";
import { expect, it } from "vitest";
import type { ReadBlock, ReadLine } from "../engine.ts";
import { arrange } from "./arrange.ts";

const line = (text: string, [left, top, right, bottom]: Box): ReadLine => ({
  bbox: [left, top, right, bottom],
  baseline: [
    [left, bottom - 2],
    [right, bottom - 2],
  ],
  words: [{ text, confidence: 90, bbox: [left, top, right, bottom] }],
});
const block = (bbox: Box, kind: ReadBlock["kind"] = "text") => ({ bbox, kind });
const textsOf = (blocks: ReadBlock[]) =>
  blocks.map(({ lines }) => lines.map(({ words }) => words.map(({ text }) => text).join(" ")));

it("reads down one column before the next, as the layout says", () => {
  const lines = [
    line("izquierda 1", [0, 0, 90, 10]),
    line("derecha 1", [100, 0, 190, 10]),
    line("derecha 2", [100, 20, 190, 30]),
    line("izquierda 2", [0, 20, 90, 30]),
  ];
  const layout = [block([0, 0, 95, 40]), block([98, 0, 200, 40])];
  expect(textsOf(arrange(lines, layout))).toEqual([
    ["izquierda 1", "izquierda 2"],
    ["derecha 1", "derecha 2"],
  ]);
});

it("joins what stands side by side in a block, from left to right", () => {
  const lines = [line("12.50", [80, 2, 100, 12]), line("TOTAL", [0, 0, 40, 10])];
  expect(textsOf(arrange(lines, [block([0, 0, 100, 20], "table")]))).toEqual([["TOTAL 12.50"]]);
});

it("puts lines that the layout lacks where they stand, and leaves its empty blocks and pictures out", () => {
  const lines = [line("pie", [0, 100, 50, 110]), line("cabeza", [0, 0, 50, 10]), line("cuerpo", [0, 50, 50, 60])];
  const layout = [block([0, 0, 100, 120], "image"), block([0, 45, 100, 65]), block([0, 70, 100, 80])];
  expect(textsOf(arrange(lines, layout))).toEqual([["cabeza"], ["cuerpo"], ["pie"]]);
});

it("without a layout goes from top to bottom, lines that follow closely in one block", () => {
  const lines = [line("lejos", [0, 90, 50, 100]), line("dos", [0, 12, 50, 22]), line("uno", [0, 0, 50, 10])];
  expect(textsOf(arrange(lines, []))).toEqual([["uno", "dos"], ["lejos"]]);
});
