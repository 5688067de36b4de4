import { CannotRunError } from "./bench.ts";

/** A whole number from 1, as an option gave it. */
export const positive = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new CannotRunError(`--${name} is "${text}", but must be a whole number from 1.`);
};

export type EngineOption = "native" | "tesseract.js";

export const engineOption = (text: string): EngineOption => {
  if (text === "native" || text === "tesseract.js") return text;
  throw new CannotRunError(`--engine is "${text}", but must be native or tesseract.js.`);
};
