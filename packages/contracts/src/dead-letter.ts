import { z } from "zod";
import { DocumentId, DocumentOptions } from "./document.ts";
import { ProblemCode } from "./problem.ts";

/** Whose fault a failure is, and so whether trying again can help: only what is `transient` is tried again by itself. */
export const FailureClass = z.enum(["input", "resource", "transient", "bug"]);
export type FailureClass = z.infer<typeof FailureClass>;

const notOfTheInput: Partial<Record<ProblemCode, FailureClass>> = {
  "page-timeout": "resource",
  "out-of-memory": "resource",
  "page-crashed": "bug",
  internal: "bug",
  "engine-unavailable": "transient",
  "dependency-unavailable": "transient",
  overloaded: "transient",
};

/** The class of a failure; most are of the input, which explains itself in the document. */
export const failureClass = (code: ProblemCode): FailureClass => notOfTheInput[code] ?? "input";

/** What was given up though its input may be blameless: a page, or a whole document where `page` is null. */
export const DeadLetter = z
  .object({
    id: z.string(),
    document_id: DocumentId,
    page: z.int().nullable(),
    class: FailureClass,
    code: ProblemCode,
    last_error: z.string(),
    attempts: z.int().describe("how often it was tried"),
    trace_id: z.string(),
    created_at: z.string().describe("RFC 3339, UTC"),
  })
  .meta({ id: "DeadLetter" });
export type DeadLetter = z.infer<typeof DeadLetter>;

export const DeadLetterList = z
  .object({ items: z.array(DeadLetter), next_cursor: z.string().nullable() })
  .meta({ id: "DeadLetterList" });

const { languages, text_layer } = DocumentOptions.shape;
/** Options to try it again with; what is left out stays as it was. */
export const ReplayOptions = z.strictObject({
  languages: languages.unwrap().optional(),
  text_layer: text_layer.unwrap().optional(),
});
export type ReplayOptions = z.infer<typeof ReplayOptions>;
