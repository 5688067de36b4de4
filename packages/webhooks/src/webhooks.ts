import { CALLBACK, type TenantId, WebhookEvent, WebhookId } from "@lectura/contracts";
import type { Redis } from "ioredis";
import { z } from "zod";
import { callbackOf, newWebhookId } from "./ids.ts";
import type { Keys } from "./keys.ts";
import type { RunWebhookScript } from "./scripts.ts";
import { newSecret, type Vault } from "./secrets.ts";

const StoredWebhook = z.object({
  tenant: z.string(),
  url: z.string(),
  events: z.string().transform((text) => z.array(WebhookEvent).parse(text.split(" "))),
  enabled: z.enum(["0", "1"]).transform((digit) => digit === "1"),
  created_at: z.coerce.number(),
});

/** A webhook as it is kept; `url` is null for a tenant's callbacks. Times are milliseconds since 1970. */
export interface WebhookRecord {
  id: string;
  tenant: TenantId;
  url: string | null;
  events: WebhookEvent[];
  enabled: boolean;
  created_at: number;
}

/** A tenant's callbacks are there from the beginning: nobody has to make that webhook. */
const callbacks = (tenant: TenantId): WebhookRecord => ({
  id: CALLBACK,
  tenant,
  url: null,
  events: WebhookEvent.options,
  enabled: true,
  created_at: 0,
});

/** Webhooks and their secrets. */
export const createWebhooks = ({
  redis,
  run,
  keys,
  vault,
}: {
  redis: Redis;
  run: RunWebhookScript;
  keys: Keys;
  vault: Vault;
}) => {
  const read = async (id: string): Promise<WebhookRecord | undefined> => {
    const hash = await redis.hgetall(keys.webhook(id));
    return hash["tenant"] === undefined ? undefined : { id, ...StoredWebhook.parse(hash) };
  };

  const ofTenant = async (tenant: TenantId): Promise<WebhookRecord[]> => {
    const ids = await redis.zrevrange(keys.tenant(tenant), 0, -1);
    return (await Promise.all(ids.map(read))).filter((webhook) => webhook !== undefined);
  };

  const keyOf = ({ id, tenant }: Pick<WebhookRecord, "id" | "tenant">): string =>
    keys.webhook(id === CALLBACK ? callbackOf(tenant) : id);

  const replace = async (key: string, former: string, sealed: string): Promise<boolean> =>
    (await run("replace-secrets", [key], [former, sealed])) === 1;

  return {
    /** All of a tenant's, newest first, without `callback`. */
    ofTenant,

    /** A tenant's webhook, or its callbacks; undefined also for another tenant's. */
    find: async (tenant: TenantId, id: string): Promise<WebhookRecord | undefined> => {
      if (id === CALLBACK) return callbacks(tenant);
      const found = WebhookId.safeParse(id).success ? await read(id) : undefined;
      return found?.tenant === tenant ? found : undefined;
    },

    add: async (
      webhook: Pick<WebhookRecord, "tenant" | "url" | "events">,
    ): Promise<WebhookRecord & { secret: string }> => {
      const id = newWebhookId();
      const secret = newSecret();
      const created_at = Date.now();
      const { tenant, url, events } = webhook;
      const fields = { tenant, url: url ?? "", events: events.join(" "), enabled: "1", created_at };
      await redis
        .multi()
        .hset(keys.webhook(id), { ...fields, secrets: vault.first(secret) })
        .zadd(keys.tenant(tenant), created_at, id)
        .exec();
      return { ...webhook, id, created_at, enabled: true, secret };
    },

    /** Its pending deliveries are dropped by courier, which finds no webhook for them. */
    remove: async ({ id, tenant }: Pick<WebhookRecord, "id" | "tenant">): Promise<void> => {
      await redis.multi().del(keys.webhook(id), keys.log(id)).zrem(keys.tenant(tenant), id).exec();
    },

    /** A new secret, the former ones signing along for a day; undefined when another call changed them just now. */
    rotate: async (webhook: Pick<WebhookRecord, "id" | "tenant">): Promise<string | undefined> => {
      const key = keyOf(webhook);
      const former = await redis.hget(key, "secrets");
      const secret = newSecret();
      const sealed = former === null ? vault.first(secret) : vault.rotated(former, secret, Date.now());
      return (await replace(key, former ?? "", sealed)) ? secret : undefined;
    },

    /** The secrets to sign with. A tenant that has never asked for its callbacks' secret gets one now. */
    secretsOf: async (webhook: Pick<WebhookRecord, "id" | "tenant">): Promise<string[]> => {
      const key = keyOf(webhook);
      const kept = await redis.hget(key, "secrets");
      if (kept !== null) return vault.valid(kept, Date.now());
      await replace(key, "", vault.first(newSecret()));
      return vault.valid(z.string().parse(await redis.hget(key, "secrets")), Date.now());
    },
  };
};
