import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, GreyImage } from "../engines/engine.ts";
import { createPpocrEngine } from "../engines/ppocr/ppocr.ts";
import { createTesseractJsEngine } from "../engines/tesseract-js.ts";
import { drawOnDarkPaper } from "../fixtures/dark-page.ts";
import { drawLines } from "../fixtures/images.ts";
import { findModels } from "../models/find-models.ts";
import { findPpocrModels } from "../models/ppocr-models.ts";
import { climb } from "./climb.ts";
import { createTimings } from "./timings.ts";

const { LECTURA_PPOCR: folder } = process.env;
const LINES = ["El veloz murciélago hindú", "comía feliz cardillo y kiwi"];
const TEXT = `${LINES.join("\n")}\n`;
const WHY = "An image has no text layer.";

describe("reading a page in ways that cost more and more", () => {
  let engine: Engine;
  let dark: GreyImage;
  beforeAll(async () => {
    engine = createTesseractJsEngine({ models: await findModels() });
    dark = await drawOnDarkPaper(LINES);
  });
  afterAll(() => engine.close());
  const read = (page: GreyImage, options: { second?: Engine; budget?: number; languages?: string[] } = {}) =>
    climb(page, WHY, {
      engine,
      second: options.second,
      languages: options.languages ?? ["spa"],
      preprocess: "auto",
      budget: options.budget ?? 30,
      timed: createTimings().timed,
    });

  it("ends with the first where it is sure", async () => {
    const { best, attempts } = await read(await drawLines(LINES));
    expect(best.text).toBe(TEXT);
    expect(attempts).toEqual([expect.objectContaining({ engine: "tesseract.js", chosen: true, reason: WHY })]);
  });

  it("goes on where it is not, keeps the best and says why", async () => {
    const { best, attempts } = await read(dark);
    expect(best.text).toBe(TEXT);
    expect(attempts).toMatchObject([
      { chosen: false, reason: expect.stringContaining(`${WHY} Not chosen: `) },
      { chosen: true, reason: expect.stringMatching(/below 75\. Chosen: /) },
    ]);
    for (const { cpu_seconds } of attempts) expect(cpu_seconds).toBeGreaterThan(0);
  });

  it("begins nothing that could take it beyond its CPU time, and says what it left out", async () => {
    const { attempts } = await read(dark, { budget: 0.001 });
    expect(attempts).toMatchObject([
      { chosen: true },
      { chosen: false, cpu_seconds: 0, reason: expect.stringMatching(/^Not made: .* 0\.001 s of CPU/) },
      { engine: "ppocr", chosen: false, reason: expect.stringContaining("not installed") },
    ]);
  });

  describe.skipIf(!folder)("with a second engine (not run without LECTURA_PPOCR)", () => {
    let second: Engine;
    beforeAll(async () => {
      const models = await findPpocrModels(folder ?? "");
      if (!models) throw new Error(`${folder} lacks a model.`);
      second = createPpocrEngine(models);
    });
    afterAll(() => second.close());

    it("asks it before any other preparation, and keeps what it is surer of", async () => {
      const { best, attempts } = await read(dark, { second });
      expect(best.text).toBe(TEXT);
      expect(attempts).toMatchObject([
        { engine: "tesseract.js", chosen: false },
        { engine: "ppocr", chosen: true, reason: expect.stringContaining("below 88") },
      ]);
    });

    it("does not ask it about a page that is read well", async () => {
      const { attempts } = await read(await drawLines(LINES), { second });
      expect(attempts).toHaveLength(1);
    });
  });
});
