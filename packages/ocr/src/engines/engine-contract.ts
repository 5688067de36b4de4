import type { Box } from "@lectura/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawLines } from "../fixtures/images.ts";
import { summarise } from "../page/summarise.ts";
import type { Engine, GreyImage } from "./engine.ts";

const SPANISH = ["El veloz murciélago hindú", "comía feliz cardillo y kiwi"];
const ENGLISH = ["The quick brown fox jumps", "over the lazy dog at noon"];

const expectWithin = (outer: { bbox: Box }, inner: { bbox: Box }) => {
  const [x0, y0, x1, y1] = inner.bbox;
  const [left, top, right, bottom] = outer.bbox;
  expect(x0 < x1 && y0 < y1).toBe(true);
  expect(x0 >= left && y0 >= top && x1 <= right && y1 <= bottom).toBe(true);
};

/** What every engine must do, whatever it is made of. */
export const testEngine = (name: string, create: () => Promise<Engine>): void => {
  describe(name, () => {
    let engine: Engine;
    let spanish: GreyImage;
    let english: GreyImage;

    beforeAll(async () => {
      engine = await create();
      spanish = await drawLines(SPANISH);
      english = await drawLines(ENGLISH);
    });
    afterAll(() => engine.close());

    it("reads the lines of a page in their order", async () => {
      const { text } = summarise(await engine.recognize(spanish, ["spa"]));
      expect(text).toBe(`${SPANISH.join("\n")}\n`);
    });

    it("frames words within their line, lines within their block, and blocks within the page", async () => {
      const { blocks } = summarise(await engine.recognize(spanish, ["spa"]));
      const page: { bbox: Box } = { bbox: [0, 0, spanish.width, spanish.height] };
      expect(blocks.length).toBeGreaterThan(0);
      for (const block of blocks) {
        expectWithin(page, block);
        for (const line of block.lines) {
          expectWithin(block, line);
          for (const word of line.words) expectWithin(line, word);
        }
      }
    });

    it("lays the baseline through the feet of the letters", async () => {
      const [line] = summarise(await engine.recognize(english, ["eng"])).blocks.flatMap(({ lines }) => lines);
      // "The" has no descender: its frame ends on the baseline.
      const feet = line?.words[0]?.bbox[3] ?? 0;
      expect(line?.baseline[0][1]).toBeGreaterThan(feet - 5);
      expect(line?.baseline[0][1]).toBeLessThan(feet + 5);
      expect(line?.baseline[1][0]).toBeGreaterThan(line?.baseline[0][0] ?? 0);
    });

    it("is sure of clean print", async () => {
      const { confidence } = summarise(await engine.recognize(english, ["eng"]));
      expect(confidence).toBeGreaterThan(80);
      expect(confidence).toBeLessThanOrEqual(100);
    });

    it("finds nothing on an empty page", async () => {
      const blank = { data: Buffer.alloc(600 * 400, 255), width: 600, height: 400, dpi: 150 };
      expect(summarise(await engine.recognize(blank, ["spa", "eng"]))).toMatchObject({ text: "", confidence: null });
    });

    it("says the same about a page whatever it has read between", async () => {
      const before = await engine.recognize(spanish, ["spa", "eng"]);
      await engine.recognize(english, ["spa", "eng"]);
      expect(await engine.recognize(spanish, ["spa", "eng"])).toEqual(before);
    });

    it("comes back to languages that it had to make room for", async () => {
      const before = await engine.recognize(english, ["eng"]);
      for (const languages of [["spa"], ["spa", "eng"], ["eng", "spa"]]) await engine.load(languages);
      expect(await engine.recognize(english, ["eng"])).toEqual(before);
    });

    it("names a language that it has no model for", async () => {
      await expect(engine.recognize(english, ["eng", "tlh"])).rejects.toMatchObject({ code: "unknown-language" });
    });
  });
};
