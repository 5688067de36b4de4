import { describe } from "vitest";
import { findPpocrModels } from "../../models/ppocr-models.ts";
import { testEngine } from "../engine-contract.ts";
import { createPpocrEngine } from "./ppocr.ts";

const { LECTURA_PPOCR: folder } = process.env;

describe.skipIf(!folder)("PP-OCRv6 (not run without LECTURA_PPOCR)", () => {
  testEngine("with the models of a folder", async () => {
    const models = await findPpocrModels(folder ?? "");
    if (!models) throw new Error(`${folder} lacks a model.`);
    return createPpocrEngine(models);
  });
});
