import { z } from "zod";
import { Document, DocumentList, DocumentOptions, DocumentResult, DocumentStatus, SourceRequest } from "./document.ts";
import { Limits } from "./limits.ts";
import { PageResult } from "./page-result.ts";
import { byId, clamped, json, paging, type Route } from "./route.ts";
import { UsageList, UsageQuery } from "./usage.ts";
import { LanguageList } from "./workers.ts";

const binary = z.string().meta({ format: "binary" });

/** What ocr-api serves. */
export const documentRoutes = {
  createDocument: {
    method: "POST",
    path: "/v1/documents",
    owner: "ocr-api",
    access: "documents:write",
    summary: "Submit a document",
    query: DocumentOptions.partial(),
    body: [
      {
        contentType: "multipart/form-data",
        schema: DocumentOptions.partial().extend({
          file: z.string().meta({ format: "binary" }).describe("exactly one"),
        }),
      },
      { contentType: "application/json", schema: SourceRequest.partial().required({ source: true }) },
      { contentType: "application/octet-stream", schema: z.string().meta({ format: "binary" }) },
    ],
    answers: {
      200: { description: "finished within Prefer: wait=N", content: json(Document) },
      202: { description: "accepted; Location names the document", content: json(Document) },
    },
  },
  listDocuments: {
    method: "GET",
    path: "/v1/documents",
    owner: "ocr-api",
    access: "documents:read",
    summary: "List documents, newest first",
    query: z.strictObject({ status: DocumentStatus.optional(), reference: z.string().max(200).optional(), ...paging }),
    answers: { 200: { description: "one page of the list", content: json(DocumentList) } },
  },
  getDocument: {
    method: "GET",
    path: "/v1/documents/:id",
    owner: "ocr-api",
    access: "documents:read",
    summary: "Read a document's status",
    params: byId,
    query: z.strictObject({
      wait: clamped(0, 60).default(0).describe("seconds to wait for a change (with If-None-Match) or for the end"),
    }),
    answers: {
      200: { description: "the document", content: json(Document) },
      304: { description: "not changed since If-None-Match" },
    },
  },
  getResult: {
    method: "GET",
    path: "/v1/documents/:id/result",
    owner: "ocr-api",
    access: "documents:read",
    summary: "Read the whole result",
    params: byId,
    query: z.strictObject({
      format: z.string().max(20).optional().describe("json, text, markdown, hocr, alto, tsv or pdf; beats Accept"),
    }),
    answers: {
      200: {
        description: "the result, in the format asked for",
        content: {
          "application/json": DocumentResult,
          "text/plain": z.string(),
          "text/markdown": z.string(),
          "text/html": z.string().describe("hOCR"),
          "application/xml": z.string().describe("ALTO 4"),
          "text/tab-separated-values": z.string(),
          "application/pdf": binary,
        },
      },
      206: { description: "the Range of the pdf", content: { "application/pdf": binary } },
      304: { description: "not changed since If-None-Match" },
    },
  },
  getPage: {
    method: "GET",
    path: "/v1/documents/:id/pages/:n",
    owner: "ocr-api",
    access: "documents:read",
    summary: "Read one page's result, as soon as it is done",
    params: byId.extend({ n: z.string() }),
    query: z.strictObject({}),
    answers: {
      200: { description: "the page", content: json(PageResult) },
      304: { description: "not changed since If-None-Match" },
    },
  },
  getEvents: {
    method: "GET",
    path: "/v1/documents/:id/events",
    owner: "ocr-api",
    access: "documents:read",
    summary: "Follow a document as server-sent events; Last-Event-ID goes on where a connection broke",
    params: byId,
    query: z.strictObject({}),
    answers: {
      200: { description: "events until the final one", content: { "text/event-stream": z.unknown() } },
      204: { description: "the event of Last-Event-ID was the final one" },
    },
  },
  cancelDocument: {
    method: "POST",
    path: "/v1/documents/:id/cancel",
    owner: "ocr-api",
    access: "documents:write",
    summary: "Cancel a document that is not finished",
    params: byId,
    query: z.strictObject({}),
    answers: { 202: { description: "cancelled; its pages stop within two seconds", content: json(Document) } },
  },
  getPageImage: {
    method: "GET",
    path: "/v1/documents/:id/pages/:n/image",
    owner: "ocr-api",
    access: "documents:read",
    summary: "Read the picture of a page, straightened, that the boxes of its result fit",
    params: byId.extend({ n: z.string() }),
    query: z.strictObject({}),
    answers: {
      200: { description: "the picture", content: { "image/png": binary } },
      304: { description: "not changed since If-None-Match" },
    },
  },
  deleteDocument: {
    method: "DELETE",
    path: "/v1/documents/:id",
    owner: "ocr-api",
    access: "documents:delete",
    summary: "Delete a document with everything that belongs to it",
    params: byId,
    query: z.strictObject({}),
    answers: { 204: { description: "gone" } },
  },
  listLanguages: {
    method: "GET",
    path: "/v1/languages",
    owner: "ocr-api",
    access: "any",
    summary: "List the installed languages",
    query: z.strictObject({}),
    answers: { 200: { description: "the languages of the workers", content: json(LanguageList) } },
  },
  getUsage: {
    method: "GET",
    path: "/v1/usage",
    owner: "ocr-api",
    access: "usage:read",
    summary: "Read what was used, day by day (UTC)",
    query: UsageQuery,
    answers: { 200: { description: "the days from `from` to `to`", content: json(UsageList) } },
  },
  getLimits: {
    method: "GET",
    path: "/v1/limits",
    owner: "ocr-api",
    access: "any",
    summary: "Read the limits in force",
    query: z.strictObject({}),
    answers: { 200: { description: "the tenant's limits", content: json(Limits) } },
  },
} satisfies Record<string, Route>;
