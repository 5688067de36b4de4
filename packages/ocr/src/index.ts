export { recognize } from "./recognize.ts";
export { createOcr, type Ocr, type OcrOptions, type RecognizeOptions } from "./create-ocr.ts";
export type { Inspection } from "./child/protocol.ts";
export type { Urgency } from "./pool/pool.ts";
export { type AltoOptions, writeAlto } from "./writers/alto.ts";
export { type HocrOptions, writeHocr } from "./writers/hocr.ts";
export { writeMarkdown } from "./writers/markdown.ts";
export { writeText } from "./writers/text.ts";
export { writeTsv } from "./writers/tsv.ts";
