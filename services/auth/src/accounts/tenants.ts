import { randomBytes } from "node:crypto";
import { formatApiKey, parseApiKey, ProblemError, Scope, TenantId, TenantLimit } from "@lectura/contracts";
import type { ChainableCommander, Redis } from "ioredis";
import { z } from "zod";
import type { ApiKeyStore } from "./api-key-store.ts";
import { hashSecret, newKeyId, newSecret } from "./secret.ts";

const newTenantId = (): TenantId => `ten_${randomBytes(8).toString("hex")}`;

const StoredTenant = z.object({ name: z.string(), created_at: z.number() });

/** Calls have a burst beside their rate. */
const fieldsOf = (limit: TenantLimit): string[] =>
  limit === "requests_per_second" ? [limit, "request_burst"] : [limit];

/** Makes tenants, each with a key that may do everything. */
export const createTenants = ({
  redis,
  apiKeys,
  prefix = "lectura",
}: {
  redis: Redis;
  apiKeys: ApiKeyStore;
  prefix?: string;
}) => {
  const tenants = `${prefix}:tenants`;
  const first = `${tenants}:first`;

  /** Puts the making of a tenant and its key into a transaction: there is never one without the other. */
  const addIn = (
    transaction: ChainableCommander,
    { tenant, name, key }: { tenant: TenantId; name: string; key: { id: string; secret: string } },
  ): ChainableCommander => {
    const created_at = Date.now();
    return apiKeys.addIn(transaction.hset(tenants, tenant, JSON.stringify({ name, created_at })), {
      id: key.id,
      tenant,
      name: "first key",
      scopes: Scope.options,
      hash: hashSecret(key.secret),
      created_by: "operator",
      created_at,
      expires_at: null,
      last_used_at: null,
    });
  };

  const limitsOf = (tenant: TenantId): string => `${prefix}:limits:${tenant}`;
  /** Puts a tenant's own limit into a transaction, which the services heed within a second; 0 is none. */
  const limitIn = (
    transaction: ChainableCommander,
    tenant: TenantId,
    { limit, value }: { limit: TenantLimit; value: number },
  ): ChainableCommander =>
    transaction.hset(limitsOf(tenant), {
      [limit]: value,
      ...(limit === "requests_per_second" && { request_burst: Math.max(1, 2 * value) }),
    });

  return {
    /** Gives a tenant a limit of its own, or the platform's again. */
    limit: async (tenant: TenantId, limit: TenantLimit, value: number | "default"): Promise<void> => {
      if (value === "default") await redis.hdel(limitsOf(tenant), ...fieldsOf(limit));
      else await limitIn(redis.multi(), tenant, { limit, value }).exec();
    },

    /** The limits that a tenant has been given. */
    limits: async (tenant: TenantId): Promise<Partial<Record<TenantLimit, number>>> => {
      const own = await redis.hgetall(limitsOf(tenant));
      return Object.fromEntries(
        TenantLimit.options.flatMap((limit) => (own[limit] === undefined ? [] : [[limit, Number(own[limit])]])),
      );
    },

    list: async (): Promise<{ tenant: TenantId; name: string; created_at: string }[]> =>
      Object.entries(await redis.hgetall(tenants)).map(([tenant, text]) => {
        const { name, created_at } = StoredTenant.parse(JSON.parse(text));
        return { tenant: TenantId.parse(tenant), name, created_at: new Date(created_at).toISOString() };
      }),

    /** @throws ProblemError when there is no such tenant */
    find: async (text: string): Promise<TenantId> => {
      if (await redis.hexists(tenants, text)) return TenantId.parse(text);
      throw new ProblemError("not-found", `There is no tenant ${text}.`);
    },

    /** Makes a tenant and its first key, whose text is given here and never again. */
    add: async (name: string): Promise<{ tenant: TenantId; key: string }> => {
      const tenant = newTenantId();
      const key = { id: newKeyId(), secret: newSecret() };
      await addIn(redis.multi(), { tenant, name, key }).exec();
      return { tenant, key: formatApiKey(key) };
    },

    /**
     * On a platform that never had one, makes the first tenant with a key that the operator chose. Replicas that start
     * together agree, each over a connection of its own: the transaction of all but one finds the marker changed.
     */
    addFirst: async (text: string, { limited }: { limited: boolean }): Promise<void> => {
      const key = parseApiKey(text);
      if (!key) throw new Error("LECTURA_FIRST_API_KEY is not an API key of the form lk_<16 hex>_<43 base64url>");
      await redis.watch(first);
      if (await redis.exists(first)) await redis.unwatch();
      else {
        const tenant = newTenantId();
        const transaction = redis.multi().set(first, key.id);
        if (!limited) limitIn(transaction, tenant, { limit: "requests_per_second", value: 0 });
        await addIn(transaction, { tenant, name: "default", key }).exec();
      }
    },
  };
};
export type Tenants = ReturnType<typeof createTenants>;
