import {
  DocumentOptions,
  Model,
  PageResult,
  ParsedPreprocess,
  ProblemCode,
  supportedMediaTypes,
} from "@lectura/contracts";
import { z } from "zod";

/** What a child is started with, as JSON in its first argument. */
export const ChildSettings = z.object({
  engine: z.discriminatedUnion("name", [
    z.object({ name: z.literal("tesseract"), library: z.string() }),
    z.object({ name: z.literal("tesseract.js") }),
  ]),
  second: z
    .object({ detector: z.string(), recogniser: z.string() })
    .optional()
    .describe("files of the second engine's models, where they are installed"),
  models: z.array(Model.extend({ path: z.string() })),
  pagePixels: z.number(),
  memory: z.number().describe("bytes of memory beyond which the process is ended"),
  budget: z.number().describe("CPU seconds of a page beyond which no other reading of it is begun"),
  renewal: z
    .object({
      pages: z.int(),
      growth: z.number().describe("bytes of memory beyond what the program and its models take"),
    })
    .describe("after how much work a child calls itself worn"),
});
export type ChildSettings = z.infer<typeof ChildSettings>;

const Inspect = z.object({ task: z.literal("inspect"), path: z.string(), password: z.string().optional() });
const Recognize = z.object({
  task: z.literal("recognize"),
  path: z.string(),
  password: z.string().optional(),
  page: z.int().min(1),
  languages: z.array(z.string()),
  textLayer: DocumentOptions.shape.text_layer.unwrap(),
  preprocess: ParsedPreprocess,
});
const WritePdf = z.object({
  task: z.literal("write-pdf"),
  path: z.string(),
  password: z.string().optional(),
  pages: z.string().describe("path of a file with a page result on each line"),
  target: z.string(),
});
const WriteImage = z.object({
  task: z.literal("write-image"),
  path: z.string(),
  password: z.string().optional(),
  page: PageResult.pick({ number: true, width: true, height: true, rotation: true, skew: true }),
  target: z.string(),
});
/** A piece of work for a child; it has one at a time. */
export const Request = z.discriminatedUnion("task", [Inspect, Recognize, WritePdf, WriteImage]);
export type Request = z.infer<typeof Request>;

export const Inspection = z.object({ mediaType: z.enum(supportedMediaTypes), pages: z.int().min(1) });
export type Inspection = z.infer<typeof Inspection>;

/**
 * What a child says: once that it is ready (or why it never will be), then one answer for each request. Anything
 * unexpected is not said but ends the child, so that the next page meets a clean one.
 */
export const Message = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), version: z.string() }),
  z.object({ type: z.literal("inspected"), inspection: Inspection, worn: z.boolean() }),
  z.object({ type: z.literal("recognized"), result: PageResult, worn: z.boolean() }),
  z.object({ type: z.literal("written"), worn: z.boolean() }),
  z.object({
    type: z.literal("refused"),
    code: ProblemCode,
    detail: z.string(),
    cause: z.string().optional().describe("for the log"),
    worn: z.boolean(),
  }),
]);
export type Message = z.infer<typeof Message>;
