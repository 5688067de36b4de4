import { z } from "zod";
import { Document } from "./document.ts";
import { Failure } from "./page-result.ts";

export const EventType = z.enum([
  "document.processing",
  "page.succeeded",
  "page.failed",
  "document.progress",
  "document.succeeded",
  "document.partial",
  "document.failed",
  "document.cancelled",
  "document.expired",
]);
export type EventType = z.infer<typeof EventType>;

/** Something that has happened to a document: the `data` of an event of its stream. */
export const DocumentEvent = z
  .object({
    type: EventType,
    document_id: Document.shape.id,
    at: z.string().describe("RFC 3339, UTC"),
    page: z.int().nullable(),
    pages: Document.shape.pages,
    status: Document.shape.status,
    error: Failure.nullable(),
  })
  .meta({ id: "DocumentEvent" });
export type DocumentEvent = z.infer<typeof DocumentEvent>;
