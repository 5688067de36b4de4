import { z } from "zod";
import { AuditList } from "./audit.ts";
import { ApiKeyList, CreatedApiKey, Me, NewApiKey, OAuthError, TokenAnswer, TokenRequest } from "./identity.ts";
import { byId, json, paging, type Route } from "./route.ts";

/** What auth serves. */
export const identityRoutes = {
  requestToken: {
    method: "POST",
    path: "/oauth/token",
    owner: "auth",
    access: "public",
    summary: "Exchange an API key for an access token (OAuth 2.0 client credentials)",
    body: [{ contentType: "application/x-www-form-urlencoded", schema: TokenRequest }],
    answers: {
      200: { description: "a token", content: json(TokenAnswer) },
      400: { description: "refused, in RFC 6749's form", content: json(OAuthError) },
      401: { description: "wrong client, in RFC 6749's form", content: json(OAuthError) },
    },
  },
  getJwks: {
    method: "GET",
    path: "/.well-known/jwks.json",
    owner: "auth",
    access: "public",
    summary: "Read the keys that verify tokens",
    answers: {
      200: { description: "a JWK Set", content: json(z.object({ keys: z.array(z.record(z.string(), z.unknown())) })) },
    },
  },
  getOAuthMetadata: {
    method: "GET",
    path: "/.well-known/oauth-authorization-server",
    owner: "auth",
    access: "public",
    summary: "Read the OAuth 2.0 metadata (RFC 8414)",
    answers: { 200: { description: "the metadata", content: json(z.record(z.string(), z.unknown())) } },
  },
  getMe: {
    method: "GET",
    path: "/v1/auth/me",
    owner: "auth",
    access: "any",
    summary: "Read who the credentials are",
    query: z.strictObject({}),
    answers: { 200: { description: "the caller", content: json(Me) } },
  },
  listAudit: {
    method: "GET",
    path: "/v1/audit",
    owner: "auth",
    access: "admin",
    summary: "List who did what to which document, newest first, for a year",
    query: z.strictObject(paging),
    answers: { 200: { description: "what was done", content: json(AuditList) } },
  },
  listApiKeys: {
    method: "GET",
    path: "/v1/api-keys",
    owner: "auth",
    access: "any",
    summary: "List API keys: all of the tenant's with admin, else one's own",
    query: z.strictObject(paging),
    answers: { 200: { description: "the keys, without their secrets", content: json(ApiKeyList) } },
  },
  createApiKey: {
    method: "POST",
    path: "/v1/api-keys",
    owner: "auth",
    access: "any",
    summary: "Create an API key with a subset of one's own scopes (any, with admin)",
    query: z.strictObject({}),
    body: [{ contentType: "application/json", schema: NewApiKey }],
    answers: { 201: { description: "the key, shown this once", content: json(CreatedApiKey) } },
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
