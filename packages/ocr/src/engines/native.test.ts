import { describe, expect, it } from "vitest";
import { findModels } from "../models/find-models.ts";
import { testEngine } from "./engine-contract.ts";
import { createNativeEngine } from "./native.ts";

const { LECTURA_TESSERACT_LIBRARY: library, LECTURA_TESSDATA: tessdata } = process.env;

const create = (folder?: string) => async () =>
  createNativeEngine({ path: library ?? "", models: await findModels(folder) });

describe.skipIf(!library)("native Tesseract (not run without LECTURA_TESSERACT_LIBRARY)", () => {
  testEngine("with the models of a tessdata folder", create(tessdata));
  testEngine("with the models of the npm packages", create());
});

describe("loading native Tesseract", () => {
  it("says which library is missing", () => {
    expect(() => createNativeEngine({ path: "libtesseract.so.0", models: [] })).toThrow(/libtesseract\.so\.0/);
  });
});
