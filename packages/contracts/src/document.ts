import { z } from "zod";
import { PageSelection } from "./page-selection.ts";
import { Failure, PageResult, Provenance } from "./page-result.ts";
import { ParsedPreprocess, Preprocess } from "./preprocess.ts";
import { DEFAULT_TTL, Ttl } from "./ttl.ts";

export const DocumentId = z.string().regex(/^doc_[0-9a-f]{32}$/);
export type DocumentId = z.infer<typeof DocumentId>;

export const TenantId = z.string().regex(/^ten_[0-9a-z]{1,40}$/);
export type TenantId = z.infer<typeof TenantId>;

export const DocumentStatus = z.enum([
  "queued",
  "processing",
  "succeeded",
  "partial",
  "failed",
  "cancelled",
  "expired",
]);
export type DocumentStatus = z.infer<typeof DocumentStatus>;

const FINAL: ReadonlySet<DocumentStatus> = new Set(["succeeded", "partial", "failed", "cancelled", "expired"]);
/** Whether nothing more will happen to a document of this status. */
export const isFinal = (status: DocumentStatus): boolean => FINAL.has(status);

/** As long as a URL that we are to call may be. */
export const MAX_URL = 2000;

/** In place of names: the installed ones that a page's text looks like. */
export const AUTO_LANGUAGES = "auto";
const LANGUAGE = /^[A-Za-z][A-Za-z_]{1,30}$/;
const LANGUAGES_EXPECTED = "must be traineddata names, such as spa+eng";
const Languages = z
  .union([z.string().transform((text) => text.split("+")), z.array(z.string())], LANGUAGES_EXPECTED)
  .pipe(
    z
      .array(z.string().regex(LANGUAGE, LANGUAGES_EXPECTED))
      .min(1)
      .max(8)
      .transform((names) => [...new Set(names)])
      .refine((names) => names.length === 1 || !names.includes(AUTO_LANGUAGES), "auto stands alone"),
  );

/** `batch` waits until nothing `interactive` does. */
export const Priority = z.enum(["interactive", "batch"]);
export type Priority = z.infer<typeof Priority>;

/** Formats that are made when somebody asks for them; json and text always are. */
export const ExtraFormat = z.enum(["pdf", "hocr", "alto", "tsv", "markdown"]);
export type ExtraFormat = z.infer<typeof ExtraFormat>;

const Outputs = z
  .union([z.string().transform((text) => text.split(",")), z.array(z.string())])
  .pipe(z.array(ExtraFormat).transform((formats) => [...new Set(formats)]));

/** What a client may ask for, from a form, a query string or JSON; parsed, it has every default filled in. */
export const DocumentOptions = z.strictObject({
  languages: Languages.default(["spa", "eng"]).describe("`spa+eng`, of those that GET /v1/languages lists, or `auto`"),
  pages: PageSelection.nullable().default(null).describe("`1-3,7`; all when left out"),
  text_layer: z
    .enum(["auto", "ignore", "only"])
    .default("auto")
    .describe("auto: read a PDF page's own text when it is good, else OCR; ignore: always OCR; only: never OCR"),
  password: z
    .string()
    .min(1)
    .max(200)
    .nullable()
    .default(null)
    .describe(
      "opens an encrypted PDF; forgotten with the end of the work. Send it in a form: proxies on the way may log a query",
    ),
  outputs: Outputs.default([]).describe(
    "`pdf,hocr`: formats to make at once; each can also be asked for later, but `pdf` of an encrypted PDF only here",
  ),
  preprocess: Preprocess.default("auto").describe(
    "auto: what a page needs, and another preparation where it was read badly; none; or exactly these steps, as `deskew,rotate`",
  ),
  ttl: Ttl.default(DEFAULT_TTL).describe("seconds, or a duration such as `PT12H`; at most 30 days"),
  reference: z.string().max(200).nullable().default(null).describe("your own id, searchable"),
  callback_url: z
    .string()
    .max(MAX_URL)
    .nullable()
    .default(null)
    .describe("is told when this document ends; signed with the secret of POST /v1/webhooks/callback/rotate"),
  priority: Priority.default("interactive").describe("batch: let whatever is interactive go first"),
});
export type DocumentOptions = z.infer<typeof DocumentOptions>;

/** The form of a submission that names its file's URL instead of bringing it. */
export const SourceRequest = DocumentOptions.extend({
  source: z.strictObject({ url: z.string().max(MAX_URL).describe("public http or https address of the file") }),
});

export const DocumentInput = z.object({
  filename: z.string().nullable(),
  media_type: z.string(),
  bytes: z.int(),
  sha256: z.string(),
});
export type DocumentInput = z.infer<typeof DocumentInput>;

const Timestamp = z.string().describe("RFC 3339, UTC");

export const Document = z
  .object({
    id: DocumentId,
    status: DocumentStatus,
    reference: z.string().nullable(),
    input: z
      .object({
        filename: z.string().nullable(),
        media_type: z.string().nullable(),
        bytes: z.int().nullable(),
        sha256: z.string().nullable(),
      })
      .describe("all null until the file behind source.url has been fetched"),
    options: z.object({
      languages: z.array(z.string()),
      pages: z.string().nullable(),
      text_layer: z.enum(["auto", "ignore", "only"]),
      outputs: z.array(ExtraFormat),
      preprocess: ParsedPreprocess,
      ttl: z.int().describe("seconds"),
      priority: Priority,
    }),
    pages: z.object({
      total: z.int().nullable().describe("selected pages; null before inspection"),
      done: z.int(),
      failed: z.int(),
    }),
    confidence: z.number().nullable().describe("0–100, mean over the pages that have one"),
    cached: z.boolean(),
    truncated: z.boolean(),
    queue: z
      .object({ position: z.int(), eta_seconds: z.int().nullable() })
      .nullable()
      .describe("null once the document is final"),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    finished_at: Timestamp.nullable(),
    expires_at: Timestamp,
    error: Failure.nullable(),
    trace_id: z.string(),
    links: z.object({ self: z.string(), result: z.string(), events: z.string(), cancel: z.string() }),
  })
  .meta({ id: "Document" });
export type Document = z.infer<typeof Document>;

export const DocumentList = z
  .object({ items: z.array(Document), next_cursor: z.string().nullable() })
  .meta({ id: "DocumentList" });
export type DocumentList = z.infer<typeof DocumentList>;

export const DocumentResult = z
  .object({ document: Document, pages: z.array(PageResult), provenance: Provenance })
  .meta({ id: "DocumentResult" });
export type DocumentResult = z.infer<typeof DocumentResult>;

/** What can be read today, by the type that a file's first bytes tell. */
export const supportedMediaTypes = [
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
  "image/apng",
  "image/tiff",
  "image/bmp",
  "image/x-portable-anymap",
  "image/jp2",
  "image/jpx",
  "image/j2c",
  "image/heic",
  "image/heif",
  "image/heic-sequence",
  "image/heif-sequence",
  "image/avif",
  "application/pdf",
] as const;
export type SupportedMediaType = (typeof supportedMediaTypes)[number];

/** The formats of a whole document's result, with the media type each is served as. */
export const resultFormats = {
  json: "application/json",
  text: "text/plain; charset=utf-8",
  markdown: "text/markdown; charset=utf-8",
  hocr: "text/html; charset=utf-8",
  alto: "application/xml",
  tsv: "text/tab-separated-values; charset=utf-8",
  pdf: "application/pdf",
} as const;
export const ResultFormat = z.enum(["json", "text", "markdown", "hocr", "alto", "tsv", "pdf"]);
export type ResultFormat = z.infer<typeof ResultFormat>;
