import { createClaimDue } from "@lectura/documents";
import type { Redis } from "ioredis";
import { createDeliveries } from "./deliveries.ts";
import { createDeliveryLog } from "./delivery-log.ts";
import { createKeys } from "./keys.ts";
import { createRunWebhookScript } from "./scripts.ts";
import { createVault } from "./secrets.ts";
import { createWebhooks } from "./webhooks.ts";

/** Webhooks and deliveries in Redis; `secret` encrypts the webhooks' secrets. */
export const createWebhookStore = ({
  redis,
  secret,
  prefix = "lectura",
}: {
  redis: Redis;
  secret: string;
  prefix?: string;
}) => {
  const keys = createKeys(prefix);
  const run = createRunWebhookScript(redis);
  const claimDue = createClaimDue(redis, keys.due);
  return {
    webhooks: createWebhooks({ redis, run, keys, vault: createVault(secret) }),
    deliveries: { ...createDeliveries({ redis, run, keys, claimDue }), ...createDeliveryLog(redis, keys) },
  };
};
export type WebhookStore = ReturnType<typeof createWebhookStore>;
