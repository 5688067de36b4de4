import { describe, expect, it } from "vitest";
import type { ReadBlock } from "../engines/engine.ts";
import { leaveOutNoise, noteOn } from "./leave-out-noise.ts";
import { summarise } from "./summarise.ts";

const block = (...lines: [text: string, confidence: number][][]): ReadBlock => ({
  kind: "text",
  bbox: [0, 0, 100, 100],
  lines: lines.map((words) => ({
    bbox: [0, 0, 100, 10],
    baseline: [
      [0, 8],
      [100, 8],
    ],
    words: words.map(([text, confidence]) => ({ text, confidence, bbox: [0, 0, 10, 10] })),
  })),
});

describe("what was read out of no text", () => {
  const { blocks } = summarise([
    block([
      ["palabras", 90],
      ["dos", 20],
      ["t|c", 0],
      ["cuotro", 0],
    ]),
    block([
      ["tt", 30],
      ["tc", 12],
    ]),
  ]);

  it("is left out: lines of little confidence, and short words of none", () => {
    const { blocks: kept, leftOut } = leaveOutNoise({ engine: "tesseract", blocks });
    expect(summarise(kept).text).toBe("palabras dos cuotro\n");
    expect(leftOut).toBe(3);
    expect(noteOn(leftOut)).toContain("3 of the words");
  });

  it("is nothing on a page that was read well, and nothing is said of it", () => {
    const { blocks: well } = summarise([block([["uno", 90]])]);
    expect(leaveOutNoise({ engine: "tesseract.js", blocks: well })).toEqual({ blocks: well, leftOut: 0 });
    expect(noteOn(0)).toBe("");
  });

  it("is left to the second engine, whose confidences mean something else", () => {
    expect(leaveOutNoise({ engine: "ppocr", blocks })).toEqual({ blocks, leftOut: 0 });
  });
});
