import { z } from "zod";
import { TenantId } from "./document.ts";
import { Scope } from "./scopes.ts";

export const AUDIENCE = "lectura";
/** Allowed difference between two machines' clocks, in seconds. */
export const CLOCK_SKEW = 30;

/** The claims of an access token, after RFC 9068. The tenant comes from here and nothing else. */
export const TokenClaims = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  sub: z.string(),
  tenant: TenantId,
  scope: z.string().describe("space-separated"),
  jti: z.string(),
  sid: z.string().optional().describe("the family of refresh tokens behind it, which logout ends"),
  iat: z.int(),
  exp: z.int(),
});
export type TokenClaims = z.infer<typeof TokenClaims>;

const API_KEY = /^lk_([0-9a-f]{16})_([0-9A-Za-z_-]{43})$/;
/** The two parts of `lk_<id>_<secret>`, or undefined when the text is no API key. */
export const parseApiKey = (key: string): { id: string; secret: string } | undefined => {
  const match = API_KEY.exec(key);
  return match?.[1] && match[2] ? { id: match[1], secret: match[2] } : undefined;
};
/** The text of an API key, as a client sends it. */
export const formatApiKey = ({ id, secret }: { id: string; secret: string }): string => `lk_${id}_${secret}`;

export const TokenRequest = z.object({
  grant_type: z.string(),
  client_id: z.string().optional().describe("the API key's id; may come by HTTP Basic instead"),
  client_secret: z.string().optional(),
  scope: z.string().optional().describe("space-separated; all of the key's when left out"),
});
export type TokenRequest = z.infer<typeof TokenRequest>;

export const TokenAnswer = z
  .object({
    access_token: z.string(),
    token_type: z.literal("Bearer"),
    expires_in: z.int().describe("seconds"),
    scope: z.string(),
  })
  .meta({ id: "TokenAnswer" });
export type TokenAnswer = z.infer<typeof TokenAnswer>;

/** What a person is given: an access token, and how to get the next one. */
export const SessionAnswer = TokenAnswer.extend({
  refresh_token: z.string().describe("good for one POST /v1/auth/refresh"),
}).meta({ id: "SessionAnswer" });
export type SessionAnswer = z.infer<typeof SessionAnswer>;

/** RFC 6749's own error form; only the token endpoint speaks it. */
export const OAuthError = z.object({ error: z.string(), error_description: z.string() }).meta({ id: "OAuthError" });
export type OAuthError = z.infer<typeof OAuthError>;

export const Me = z
  .object({ sub: z.string(), tenant: TenantId, scopes: z.array(Scope), kind: z.enum(["key", "user", "oidc"]) })
  .meta({ id: "Me" });
export type Me = z.infer<typeof Me>;

export const NewApiKey = z.strictObject({
  name: z.string().min(1).max(200),
  scopes: z.array(Scope).min(1),
  expires_at: z.iso.datetime().nullable().default(null),
});
export type NewApiKey = z.infer<typeof NewApiKey>;

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(Scope),
    created_at: z.string(),
    expires_at: z.string().nullable(),
    last_used_at: z.string().nullable(),
  })
  .meta({ id: "ApiKey" });
export type ApiKey = z.infer<typeof ApiKey>;

/** Answer to creating a key: the only time its secret is shown. */
export const CreatedApiKey = ApiKey.extend({ key: z.string() }).meta({ id: "CreatedApiKey" });
export const ApiKeyList = z
  .object({ items: z.array(ApiKey), next_cursor: z.string().nullable() })
  .meta({ id: "ApiKeyList" });
