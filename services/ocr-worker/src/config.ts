import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@lectura/contracts";
import { commonVariables, redisUrl } from "@lectura/runtime";
import { z } from "zod";

const limit = (value: number) => z.coerce.number().int().positive().default(value);

export const OcrWorkerConfig = z.object({
  ...commonVariables(8083),
  REDIS_URL: redisUrl,
  LECTURA_STORAGE: z
    .string()
    .describe("where bytes are kept: file:///folder or s3://bucket/prefix?endpoint=…&region=…"),
  LECTURA_ENGINE: z
    .enum(["auto", "native", "tesseract.js"])
    .default("auto")
    .describe("auto: native Tesseract where its library can be loaded, else tesseract.js"),
  LECTURA_TESSERACT_LIBRARY: z.string().optional().describe("path of libtesseract.so.5; looked up when not set"),
  LECTURA_TESSDATA: z.string().optional().describe("folder with *.traineddata; the system's when not set"),
  LECTURA_PPOCR: z
    .string()
    .optional()
    .describe("folder with the models of PP-OCRv6, asked for pages of which Tesseract is not sure; none when not set"),
  LECTURA_WORKER_SLOTS: limit(availableParallelism()).describe("pages recognised at once; default: one a core"),
  LECTURA_WORKER_DIR: z
    .string()
    .default(join(tmpdir(), "lectura-worker"))
    .describe("scratch folder of this worker alone; emptied at start"),
  LECTURA_MAX_PAGES: limit(DEFAULT_LIMITS.document_pages).describe("most selected pages of one document"),
  LECTURA_MAX_PAGE_PIXELS: limit(DEFAULT_LIMITS.page_pixels).describe("most pixels of one page"),
  LECTURA_PAGE_SECONDS: limit(DEFAULT_LIMITS.page_seconds).describe("longest wall time of one page, in seconds"),
});
