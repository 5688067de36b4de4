import { z } from "zod";
import { Document, DocumentList, DocumentOptions, DocumentResult, DocumentStatus } from "./document.ts";
import { ApiKeyList, CreatedApiKey, Me, NewApiKey, OAuthError, TokenAnswer, TokenRequest } from "./identity.ts";
import { Limits } from "./limits.ts";
import { PageResult } from "./page-result.ts";
import type { Scope } from "./scopes.ts";
import { LanguageList } from "./workers.ts";

type Method = "GET" | "POST" | "DELETE";
/** `public` needs no credentials, `any` needs valid ones, a scope needs that scope. */
export type Access = "public" | "any" | Scope;

export interface Route {
  method: Method;
  /** Fastify path, parameters as `:id`. */
  path: string;
  owner: "auth" | "ocr-api";
  access: Access;
  summary: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: { contentType: string; schema: z.ZodType }[];
  /** Answers other than problems, by status. `description` alone means no body. */
  answers: Record<number, { description: string; contentType?: string; schema?: z.ZodType }>;
}

// Ids are strings here: a malformed one is a 404 from the look-up, like any other that names nothing.
const byId = z.object({ id: z.string() });
const byPage = byId.extend({ n: z.string() });

/** A whole number that is pulled into its range instead of being refused. */
const clamped = (min: number, max: number) =>
  z.coerce.number().transform((value) => Math.min(max, Math.max(min, Math.trunc(value))));

const paging = {
  limit: clamped(1, 100).default(20).describe("1–100"),
  cursor: z.string().optional().describe("`next_cursor` of the page before"),
};

/** Every call of the public API: the gateway proxies exactly these, the owners serve them, OpenAPI lists them. */
export const api = {
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
      { contentType: "application/octet-stream", schema: z.string().meta({ format: "binary" }) },
    ],
    answers: {
      200: { description: "finished within Prefer: wait=N", schema: Document },
      202: { description: "accepted; Location names the document", schema: Document },
    },
  },
  listDocuments: {
    method: "GET",
    path: "/v1/documents",
    owner: "ocr-api",
    access: "documents:read",
    summary: "List documents, newest first",
    query: z.strictObject({ status: DocumentStatus.optional(), reference: z.string().max(200).optional(), ...paging }),
    answers: { 200: { description: "one page of the list", schema: DocumentList } },
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
      200: { description: "the document", schema: Document },
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
    query: z.strictObject({ format: z.string().max(20).optional().describe("json, text or hocr; beats Accept") }),
    answers: {
      200: { description: "the result, in the format asked for", schema: DocumentResult },
      304: { description: "not changed since If-None-Match" },
    },
  },
  getPage: {
    method: "GET",
    path: "/v1/documents/:id/pages/:n",
    owner: "ocr-api",
    access: "documents:read",
    summary: "Read one page's result, as soon as it is done",
    params: byPage,
    query: z.strictObject({}),
    answers: {
      200: { description: "the page", schema: PageResult },
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
    answers: { 200: { description: "the languages of the workers", schema: LanguageList } },
  },
  getLimits: {
    method: "GET",
    path: "/v1/limits",
    owner: "ocr-api",
    access: "any",
    summary: "Read the limits in force",
    query: z.strictObject({}),
    answers: { 200: { description: "the tenant's limits", schema: Limits } },
  },
  requestToken: {
    method: "POST",
    path: "/oauth/token",
    owner: "auth",
    access: "public",
    summary: "Exchange an API key for an access token (OAuth 2.0 client credentials)",
    body: [{ contentType: "application/x-www-form-urlencoded", schema: TokenRequest }],
    answers: {
      200: { description: "a token", schema: TokenAnswer },
      400: { description: "refused, in RFC 6749's form", schema: OAuthError },
      401: { description: "wrong client, in RFC 6749's form", schema: OAuthError },
    },
  },
  getJwks: {
    method: "GET",
    path: "/.well-known/jwks.json",
    owner: "auth",
    access: "public",
    summary: "Read the keys that verify tokens",
    answers: {
      200: { description: "a JWK Set", schema: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }) },
    },
  },
  getOAuthMetadata: {
    method: "GET",
    path: "/.well-known/oauth-authorization-server",
    owner: "auth",
    access: "public",
    summary: "Read the OAuth 2.0 metadata (RFC 8414)",
    answers: { 200: { description: "the metadata", schema: z.record(z.string(), z.unknown()) } },
  },
  getMe: {
    method: "GET",
    path: "/v1/auth/me",
    owner: "auth",
    access: "any",
    summary: "Read who the credentials are",
    query: z.strictObject({}),
    answers: { 200: { description: "the caller", schema: Me } },
  },
  listApiKeys: {
    method: "GET",
    path: "/v1/api-keys",
    owner: "auth",
    access: "any",
    summary: "List API keys: all of the tenant's with admin, else one's own",
    query: z.strictObject(paging),
    answers: { 200: { description: "the keys, without their secrets", schema: ApiKeyList } },
  },
  createApiKey: {
    method: "POST",
    path: "/v1/api-keys",
    owner: "auth",
    access: "any",
    summary: "Create an API key with a subset of one's own scopes (any, with admin)",
    query: z.strictObject({}),
    body: [{ contentType: "application/json", schema: NewApiKey }],
    answers: { 201: { description: "the key, shown this once", schema: CreatedApiKey } },
  },
  deleteApiKey: {
    method: "DELETE",
    path: "/v1/api-keys/:id",
    owner: "auth",
    access: "any",
    summary: "Delete an API key",
    params: byId,
    query: z.strictObject({}),
    answers: { 204: { description: "gone; refused at the gateway within 2 s" } },
  },
} satisfies Record<string, Route>;
