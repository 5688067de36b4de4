import { z } from "zod";
import { ProblemCode } from "./problem.ts";

/** `[x0, y0, x1, y1]` in pixels of the page image, origin top left, x1 and y1 exclusive. */
export const Box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type Box = z.infer<typeof Box>;

export const Word = z.object({ text: z.string(), bbox: Box, confidence: z.number().min(0).max(100) });
export type Word = z.infer<typeof Word>;

export const Line = z.object({
  bbox: Box,
  baseline: z
    .tuple([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number()])])
    .describe("[[x0, y0], [x1, y1]]"),
  text: z.string(),
  confidence: z.number(),
  words: z.array(Word),
});
export type Line = z.infer<typeof Line>;

export const Block = z.object({
  bbox: Box,
  kind: z.enum(["text", "heading", "list", "table", "image"]),
  confidence: z.number(),
  lines: z.array(Line),
});
export type Block = z.infer<typeof Block>;

/** Why a document or one of its pages has no result. */
export const Failure = z.object({ code: ProblemCode, title: z.string(), detail: z.string(), retryable: z.boolean() });
export type Failure = z.infer<typeof Failure>;

/** One reading of a page: with what, of which preparation, how well it went and what it cost. */
export const Attempt = z.object({
  engine: z.string(),
  preprocess: z.array(z.string()).describe("the steps that did something, in their order"),
  confidence: z.number().nullable().describe("0–100; null without words"),
  cpu_seconds: z.number(),
  chosen: z.boolean().describe("whether the page's result is this reading"),
  reason: z.string().describe("why it was made, and why it was chosen or not"),
});
export type Attempt = z.infer<typeof Attempt>;

export const PageResult = z
  .object({
    number: z.int().min(1).describe("the page's number in the source, from 1"),
    width: z.int().describe("pixels"),
    height: z.int().describe("pixels"),
    dpi: z.int(),
    rotation: z
      .union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)])
      .describe("clockwise degrees, already taken out"),
    skew: z.number().describe("clockwise degrees, already taken out"),
    source: z.enum(["ocr", "text-layer"]),
    languages: z.array(z.string()),
    confidence: z.number().nullable().describe("0–100, mean over words by length; null without words"),
    text: z.string().describe("reading order, each line ends with \\n"),
    error: Failure.nullable(),
    blocks: z.array(Block),
    attempts: z.array(Attempt).describe("in the order in which they were made"),
    timings: z.record(z.string(), z.number()).describe("milliseconds by stage"),
  })
  .meta({ id: "PageResult" });
export type PageResult = z.infer<typeof PageResult>;

/** A trained model, by the digest of its bytes. */
export const Model = z.object({ language: z.string(), kind: z.enum(["fast", "best", "best_int"]), sha256: z.string() });
export type Model = z.infer<typeof Model>;

/** Where a result comes from: enough to explain it later and to know when it would be another. */
export const Provenance = z.object({
  engine: z.string(),
  engine_version: z.string(),
  models: z.array(Model),
  preprocess: z.array(z.string()),
  input_sha256: z.string(),
  lectura_version: z.string(),
  trace_id: z.string(),
});
export type Provenance = z.infer<typeof Provenance>;
