export { createOcr, type Ocr, type OcrOptions, type RecognizeOptions } from "./create-ocr.ts";
export type { Inspection } from "./child/protocol.ts";
export type { Urgency } from "./pool/pool.ts";
export { possibleSteps } from "./page/rungs.ts";
export { type HocrOptions, writeHocr } from "./writers/hocr.ts";
export { writeText } from "./writers/text.ts";
