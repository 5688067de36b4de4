import { type ApiKey, formatApiKey, NewApiKey, ProblemError } from "@lectura/contracts";
import { actorOf, type Caller } from "@lectura/http";
import type { ApiKeyStore, StoredApiKey } from "../accounts/api-key-store.ts";
import { hashSecret, newKeyId, newSecret } from "../accounts/secret.ts";
import { parseOffset } from "../paging.ts";

const rfc3339 = (ms: number): string => new Date(ms).toISOString();

const view = (key: StoredApiKey): ApiKey => ({
  id: key.id,
  name: key.name,
  scopes: key.scopes,
  created_at: rfc3339(key.created_at),
  expires_at: key.expires_at === null ? null : rfc3339(key.expires_at),
  last_used_at: key.last_used_at === null ? null : rfc3339(key.last_used_at),
});

const isAdmin = (caller: Caller): boolean => caller.scopes.includes("admin");
const isOwn = (caller: Caller, key: StoredApiKey): boolean =>
  key.created_by === actorOf(caller) || `key_${key.id}` === actorOf(caller);

const parseExpiry = (text: string | null, now: number): number | null => {
  const expiry = text === null ? null : Date.parse(text);
  if (expiry === null || expiry > now) return expiry;
  const detail = "must be in the future";
  throw new ProblemError("invalid-option", `expires_at: ${detail}`, { errors: [{ pointer: "/expires_at", detail }] });
};

/** A tenant's API keys. Without `admin` a caller sees, makes and deletes only its own. */
export const createApiKeys = ({ store }: { store: ApiKeyStore }) => ({
  list: async (caller: Caller, { limit, cursor }: { limit: number; cursor?: string | undefined }) => {
    const isVisible = (key: StoredApiKey): boolean => isAdmin(caller) || isOwn(caller, key);
    const { items, next } = await store.list(caller.tenant, { offset: parseOffset(cursor), limit, isVisible });
    return { items: items.map(view), next_cursor: next === null ? null : String(next) };
  },

  create: async (caller: Caller, body: unknown): Promise<ApiKey & { key: string }> => {
    const { name, scopes, expires_at } = NewApiKey.parse(body);
    const lacking = isAdmin(caller) ? undefined : scopes.find((scope) => !caller.scopes.includes(scope));
    if (lacking)
      throw new ProblemError("insufficient-scope", `You cannot give away the scope ${lacking}, which you lack.`);
    const now = Date.now();
    const secret = newSecret();
    const key: StoredApiKey = {
      id: newKeyId(),
      tenant: caller.tenant,
      name,
      scopes: [...new Set(scopes)],
      hash: hashSecret(secret),
      created_by: actorOf(caller),
      created_at: now,
      expires_at: parseExpiry(expires_at, now),
      last_used_at: null,
    };
    await store.add(key);
    return { ...view(key), key: formatApiKey({ id: key.id, secret }) };
  },

  remove: async (caller: Caller, id: string): Promise<void> => {
    const key = await store.find(id);
    const visible = key && key.tenant === caller.tenant && (isAdmin(caller) || isOwn(caller, key));
    if (!visible) throw new ProblemError("not-found", "There is no such API key.");
    await store.remove(key);
  },
});
export type ApiKeys = ReturnType<typeof createApiKeys>;
