import { createHash } from "node:crypto";
import { parseApiKey, ProblemError, TokenAnswer } from "@lectura/contracts";
import { fetchRepeated, rateLimited } from "@lectura/http";
import type { Logger } from "@lectura/runtime";
import type { AuthMetrics } from "../auth-metrics.ts";

// A deleted key is refused within 2 s: so long at most a token is handed out without asking auth again.
const FRESH_MS = 1500;
// About 1 KB each; the oldest are dropped first.
const MAX_TOKENS = 10_000;

interface Token {
  value: string;
  askedAt: number;
  expiresAt: number;
}

const invalid = (): ProblemError =>
  new ProblemError("invalid-credentials", "The API key is unknown, expired or deleted.", {
    headers: { "www-authenticate": 'Bearer realm="lectura", error="invalid_token"' },
  });

interface Auth {
  authUrl: string;
  metrics: AuthMetrics;
}

/** A POST that does no harm when made twice: nobody ever sees the first of two tokens. */
const askAuth = async (
  { authUrl, metrics }: Auth,
  key: { id: string; secret: string },
  address: string,
): Promise<Token> => {
  const askedAt = Date.now();
  const headers = {
    authorization: `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString("base64")}`,
    "x-forwarded-for": address,
  };
  const body = new URLSearchParams({ grant_type: "client_credentials" });
  const answer = await fetchRepeated(`${authUrl}/oauth/token`, { method: "POST", headers, body }, () =>
    metrics.repeated("exchange"),
  );
  if (answer.status === 400 || answer.status === 401) {
    await answer.body?.cancel();
    throw invalid();
  }
  if (answer.status === 429) {
    await answer.body?.cancel();
    const wait = Number(answer.headers.get("retry-after")) * 1000;
    throw rateLimited("Too many wrong secrets for this key from here.", wait);
  }
  if (!answer.ok) throw new Error(`auth answered ${answer.status}`);
  const { access_token, expires_in } = TokenAnswer.parse(await answer.json());
  return { value: access_token, askedAt, expiresAt: askedAt + expires_in * 1000 };
};

/**
 * Exchanges API keys for access tokens at auth and keeps each for a moment. While auth cannot be asked, the last
 * token serves until it expires. Keys are kept as digests only.
 */
export const createKeyExchange = ({ log, ...auth }: Auth & { log: Logger }) => {
  const tokens = new Map<string, Token>();
  const asking = new Map<string, Promise<Token>>();

  const remember = (digest: string, token: Token): void => {
    tokens.delete(digest);
    tokens.set(digest, token);
    const oldest = tokens.keys().next();
    if (tokens.size > MAX_TOKENS && !oldest.done) tokens.delete(oldest.value);
  };

  const refresh = async (digest: string, key: { id: string; secret: string }, address: string): Promise<Token> => {
    const known = tokens.get(digest);
    try {
      const token = await askAuth(auth, key, address);
      auth.metrics.exchanged("token");
      remember(digest, token);
      return token;
    } catch (cause) {
      if (cause instanceof ProblemError) {
        auth.metrics.exchanged("refused");
        tokens.delete(digest);
        throw cause;
      }
      auth.metrics.exchanged("unavailable");
      log.warn({ err: cause }, "auth cannot be asked");
      if (known && known.expiresAt > Date.now()) return known;
      throw new ProblemError("dependency-unavailable", "The API key cannot be checked just now.", { cause });
    }
  };

  /** The token for an API key. @throws ProblemError 401 for a bad key, 503 while auth is away */
  return async (apiKey: string, address: string): Promise<string> => {
    const key = parseApiKey(apiKey);
    if (!key) throw invalid();
    const digest = createHash("sha256").update(apiKey).digest("base64");
    const known = tokens.get(digest);
    if (known && Date.now() - known.askedAt < FRESH_MS) return known.value;
    // Many calls with one key ask once.
    const answer = asking.get(digest) ?? refresh(digest, key, address).finally(() => asking.delete(digest));
    asking.set(digest, answer);
    return (await answer).value;
  };
};
export type KeyExchange = ReturnType<typeof createKeyExchange>;
