import {
  DocumentInput,
  type DocumentId,
  DocumentOptions,
  DocumentStatus,
  ExtraFormat,
  Failure,
  ParsedPreprocess,
  TenantId,
} from "@lectura/contracts";
import { z } from "zod";

/**
 * Version of the record's form. A reader refuses newer ones and migrates older ones. A field that older readers may
 * overlook, and that has a default where it is missing, needs no new version.
 */
export const RECORD_VERSION = 1;

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
const number = z.coerce.number().int();
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);

// Options as they were parsed on the way in: here only their shape is checked, not the client's spelling. The password
// is not among them: what is in the record it is in for as long as the document.
const StoredOptions = z.object({
  languages: z.array(z.string()),
  pages: z.string().nullable(),
  text_layer: DocumentOptions.shape.text_layer,
  // Records of older versions have none.
  preprocess: ParsedPreprocess.default("auto"),
  outputs: z.array(ExtraFormat).default([]),
  ttl: z.int(),
  reference: z.string().nullable(),
  callback_url: z.string().nullable().default(null),
  priority: DocumentOptions.shape.priority,
});

/** A document as Redis keeps it: a hash of strings. The record is the truth; jobs are only a means. */
const StoredRecord = z.object({
  v: number,
  tenant: TenantId,
  status: DocumentStatus,
  attempt: number,
  /** Null until what lies behind `source_url` has been fetched. */
  input: json(DocumentInput.nullable()),
  source_url: optional(z.string()),
  /** Recognise what is fetched whether or not that was done before. */
  anew: z
    .string()
    .optional()
    .transform((text) => text === "1"),
  options: json(StoredOptions),
  sealed_password: optional(z.string()),
  trace_id: z.string(),
  /** The span that it came in by, where that is known. */
  traceparent: optional(z.string()),
  created_at: number,
  expires_at: number,
  started_at: optional(number),
  finished_at: optional(number),
  source_pages: optional(number),
  total: optional(number),
  issued: optional(number),
  confidence: optional(z.coerce.number()),
  cached: z
    .string()
    .optional()
    .transform((text) => text === "1"),
  found_by: optional(z.string()),
  error: optional(json(Failure)),
});

/** A document's record, with the pages settled so far. Times are milliseconds since 1970. */
export type DocumentRecord = z.infer<typeof StoredRecord> & { id: DocumentId; done: number; failed: number };

/** What a document is made of when it comes in. */
export interface NewDocument extends Pick<DocumentRecord, "id" | "tenant" | "input" | "options" | "trace_id"> {
  /** Where the input is to be fetched; left out where it came along. */
  source_url?: string | null;
  anew?: boolean;
  /** Left out where there is none. */
  sealed_password?: string | null;
  traceparent?: string | null;
  /** Milliseconds since 1970. */
  now: number;
}

/** Every document begins with this attempt. */
export const FIRST_ATTEMPT = 1;

/** The record of a document that has just come in. */
export const newRecord = ({
  now,
  source_url = null,
  anew = false,
  sealed_password = null,
  traceparent = null,
  ...document
}: NewDocument): DocumentRecord => ({
  ...document,
  traceparent,
  source_url,
  anew,
  options: StoredOptions.parse(document.options),
  sealed_password,
  v: RECORD_VERSION,
  status: "queued",
  attempt: FIRST_ATTEMPT,
  created_at: now,
  expires_at: now + document.options.ttl * 1000,
  started_at: null,
  finished_at: null,
  source_pages: null,
  total: null,
  issued: null,
  confidence: null,
  cached: false,
  found_by: null,
  error: null,
  done: 0,
  failed: 0,
});

/** What is left of a document that is deleted or expired. */
export interface Tombstone {
  id: DocumentId;
  tenant: TenantId;
  status: "deleted" | "expired";
}

export const isTombstone = (record: DocumentRecord | Tombstone): record is Tombstone => !("input" in record);

/** Written by a newer version of the platform than this one. */
export class NewerRecordError extends Error {
  override readonly name = "NewerRecordError";
}

/** Reads the hash of a record or tombstone; undefined for an empty one. @throws NewerRecordError */
export const parseRecord = (
  id: DocumentId,
  hash: Record<string, string>,
  pages: { done: number; failed: number },
): DocumentRecord | Tombstone | undefined => {
  if (hash["status"] === undefined) return undefined;
  if (Number(hash["v"]) > RECORD_VERSION) throw new NewerRecordError(`record ${id} has version ${hash["v"]}`);
  if (!hash["input"]) {
    return { id, tenant: TenantId.parse(hash["tenant"]), status: hash["status"] === "deleted" ? "deleted" : "expired" };
  }
  return { ...StoredRecord.parse(hash), id, ...pages };
};
