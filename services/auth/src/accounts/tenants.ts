import { randomBytes } from "node:crypto";
import { formatApiKey, parseApiKey, Scope, type TenantId } from "@lectura/contracts";
import type { Redis } from "ioredis";
import type { ApiKeyStore } from "./api-key-store.ts";
import { hashSecret, newKeyId, newSecret } from "./secret.ts";

const newTenantId = (): TenantId => `ten_${randomBytes(8).toString("hex")}`;

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

  const addKey = async (tenant: TenantId, key: { id: string; secret: string }): Promise<void> =>
    apiKeys.add({
      id: key.id,
      tenant,
      name: "first key",
      scopes: Scope.options,
      hash: hashSecret(key.secret),
      created_by: "operator",
      created_at: Date.now(),
      expires_at: null,
      last_used_at: null,
    });

  const add = async (name: string, key: { id: string; secret: string }): Promise<TenantId> => {
    const tenant = newTenantId();
    await redis.hset(tenants, tenant, JSON.stringify({ name, created_at: Date.now() }));
    await addKey(tenant, key);
    return tenant;
  };

  return {
    /** Makes a tenant and its first key, whose text is given here and never again. */
    add: async (name: string): Promise<{ tenant: TenantId; key: string }> => {
      const key = { id: newKeyId(), secret: newSecret() };
      return { tenant: await add(name, key), key: formatApiKey(key) };
    },

    /** On a platform without tenants, makes the first one with a key that the operator chose. */
    addFirst: async (text: string): Promise<void> => {
      const key = parseApiKey(text);
      if (!key) throw new Error("LECTURA_FIRST_API_KEY is not an API key of the form lk_<16 hex>_<43 base64url>");
      // Replicas that start together: one of them makes the tenant.
      if (!(await redis.set(`${tenants}:first`, key.id, "NX"))) return;
      await add("default", key);
    },
  };
};
