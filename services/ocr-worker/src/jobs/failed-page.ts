import type { Failure, PageResult } from "@lectura/contracts";

/** The result of a page that could not be read: empty, with the reason. */
export const failedPage = (number: number, languages: string[], error: Failure): PageResult => ({
  number,
  width: 0,
  height: 0,
  dpi: 0,
  rotation: 0,
  skew: 0,
  source: "ocr",
  languages,
  confidence: null,
  text: "",
  error,
  blocks: [],
  attempts: [],
  timings: {},
});
