import { findModels } from "../models/find-models.ts";
import { testEngine } from "./engine-contract.ts";
import { createTesseractJsEngine } from "./tesseract-js.ts";

testEngine("tesseract.js", async () => createTesseractJsEngine({ models: await findModels() }));
