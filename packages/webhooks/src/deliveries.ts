import { CALLBACK, type DeliveryAttempt, DeliveryId } from "@lectura/contracts";
import type { createClaimDue, Ending } from "@lectura/documents";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { DeliveryRecord } from "./delivery-record.ts";
import { callbackOf, deliveriesSince, eventIdOf, newDeliveryId } from "./ids.ts";
import type { Keys } from "./keys.ts";
import type { RunWebhookScript } from "./scripts.ts";
import type { WebhookRecord } from "./webhooks.ts";

/** A delivery is kept for so long after the last thing that happened to it. */
const KEPT_S = 7 * 86_400;

/** What came of an attempt. */
export interface Settlement {
  attempt: DeliveryAttempt;
  status: DeliveryRecord["status"];
  nextAttemptAt: number | null;
  /** The receiver wants no more of this webhook. */
  disable: boolean;
}

/** Deliveries: made once, handed out until they are settled. */
export const createDeliveries = ({
  redis,
  run,
  keys,
  claimDue,
}: {
  redis: Redis;
  run: RunWebhookScript;
  keys: Keys;
  claimDue: ReturnType<typeof createClaimDue>;
}) => ({
  /** Owes the news to these webhooks, and to the document's own callback; how many deliveries were made. */
  fanOut: async (ending: Ending, webhooks: Pick<WebhookRecord, "id">[]): Promise<number> => {
    const now = Date.now();
    const { tenant, callback_url } = ending;
    const targets = webhooks.map(({ id }) => ({ webhook: id, log: id, url: "" }));
    if (callback_url !== null) targets.push({ webhook: CALLBACK, log: callbackOf(tenant), url: callback_url });
    const made = targets.map((target) => ({ ...target, id: newDeliveryId(now) }));
    return z
      .number()
      .parse(
        await run(
          "fan-out",
          [keys.ended, keys.due, ...made.flatMap(({ id, log }) => [keys.delivery(id), keys.log(log)])],
          [
            ending.entry,
            now,
            KEPT_S,
            deliveriesSince(now - KEPT_S * 1000),
            tenant,
            eventIdOf(ending),
            ending.event,
            ending.document,
            ending.traceparent,
            ending.at,
            ...made.flatMap(({ id, webhook, url }) => [id, webhook, url]),
          ],
        ),
      );
  },

  /** Takes what is due for `leaseMs`; what is not settled by then is due again. */
  claim: async (limit: number, leaseMs: number): Promise<DeliveryId[]> =>
    (await claimDue(limit, leaseMs)).map((id) => DeliveryId.parse(id)),

  /** Gives a claimed delivery back for a while, untried. */
  postpone: async (id: DeliveryId, ms: number): Promise<void> => {
    await redis.zadd(keys.due, "XX", Date.now() + ms, id);
  },

  settle: async ({ id, webhook }: Pick<DeliveryRecord, "id" | "webhook">, settlement: Settlement): Promise<void> => {
    const { attempt, status, nextAttemptAt, disable } = settlement;
    await run(
      "settle-delivery",
      [keys.delivery(id), keys.due, keys.webhook(webhook)],
      [id, JSON.stringify(attempt), status, nextAttemptAt ?? "", KEPT_S, disable ? "disable" : ""],
    );
  },

  /** Forgets a delivery whose webhook is gone. */
  drop: async (id: DeliveryId): Promise<void> => {
    await redis.multi().del(keys.delivery(id)).zrem(keys.due, id).exec();
  },

  /** Due once more; false when it is gone. */
  replay: async (id: DeliveryId): Promise<boolean> =>
    (await run("replay-delivery", [keys.delivery(id), keys.due], [id, Date.now(), KEPT_S])) === 1,
});
