import { Scope, type OAuthError, type TokenAnswer, TokenRequest } from "@lectura/contracts";
import type { ApiKeyStore, StoredApiKey } from "../accounts/api-key-store.ts";
import { matchesHash } from "../accounts/secret.ts";
import type { Note } from "../audit/note.ts";
import type { Guesses } from "../guesses/guesses.ts";
import type { TokenIssuer } from "./access-token.ts";

/** A refusal in RFC 6749's form (section 5.2). */
export class TokenRefusal extends Error {
  override readonly name = "TokenRefusal";
  readonly error: string;

  constructor(error: OAuthError["error"], description: string) {
    super(description);
    this.error = error;
  }
}

/** Ours are shorter; what somebody made up must not fill Redis. */
const LONGEST_ID = 64;

interface Client {
  id: string;
  secret: string;
}

const FORM_ADVICE = "Send a form (application/x-www-form-urlencoded) with grant_type, and no parameter twice.";

const decodePart = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TokenRefusal("invalid_request", "The Basic credentials are not percent-encoded as RFC 6749 asks.");
  }
};

const fromBasic = (header: string): Client => {
  const decoded = Buffer.from(header.slice("Basic ".length), "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return { id: decodePart(decoded.slice(0, Math.max(0, colon))), secret: decodePart(decoded.slice(colon + 1)) };
};

const clientOf = (authorization: string | undefined, request: TokenRequest): Client => {
  if (authorization && /^basic /i.test(authorization)) {
    if (request.client_secret === undefined) return fromBasic(authorization);
    throw new TokenRefusal("invalid_request", "The secret came twice, by HTTP Basic and in the body; send it once.");
  }
  if (request.client_id && request.client_secret) return { id: request.client_id, secret: request.client_secret };
  throw new TokenRefusal(
    "invalid_client",
    "Send the key's id and secret by HTTP Basic or as client_id and client_secret.",
  );
};

const grantedScopes = (asked: string | undefined, key: StoredApiKey): Scope[] => {
  if (!asked) return key.scopes;
  const scopes = asked.split(" ").map((name) => {
    const scope = Scope.safeParse(name);
    if (scope.success && key.scopes.includes(scope.data)) return scope.data;
    throw new TokenRefusal("invalid_scope", `The key does not have the scope ${name.slice(0, 40)}.`);
  });
  return [...new Set(scopes)];
};

/** Exchanges an API key for an access token: OAuth 2.0 client credentials (RFC 6749, section 4.4). */
export const createClientCredentials =
  ({ apiKeys, issue, guesses, note }: { apiKeys: ApiKeyStore; issue: TokenIssuer; guesses: Guesses; note: Note }) =>
  async (authorization: string | undefined, body: unknown, address: string): Promise<TokenAnswer> => {
    const request = TokenRequest.safeParse(body);
    if (!request.success) throw new TokenRefusal("invalid_request", FORM_ADVICE);
    if (request.data.grant_type !== "client_credentials") {
      throw new TokenRefusal("unsupported_grant_type", "Only client_credentials is available.");
    }
    const client = clientOf(authorization, request.data);
    const now = Date.now();
    const guess = { address, account: client.id.slice(0, LONGEST_ID) };
    await guesses.checkKey(guess);
    const key = await apiKeys.find(client.id);
    if (!key || !matchesHash(client.secret, key.hash) || (key.expires_at !== null && key.expires_at <= now)) {
      if (key) note.refused({ tenant: key.tenant, actor: `key_${key.id}` }, "requestToken");
      await guesses.wrongKey(guess);
      throw new TokenRefusal("invalid_client", "The API key is unknown, expired or deleted.");
    }
    const scopes = grantedScopes(request.data.scope, key);
    const { token, expiresIn } = await issue({
      subject: `key_${key.id}`,
      tenant: key.tenant,
      scopes,
      until: key.expires_at,
    });
    await apiKeys.used(key, now);
    return { access_token: token, token_type: "Bearer", expires_in: expiresIn, scope: scopes.join(" ") };
  };
export type ClientCredentials = ReturnType<typeof createClientCredentials>;
