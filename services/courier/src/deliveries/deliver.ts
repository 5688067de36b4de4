import type { DeliveryId } from "@lectura/contracts";
import { inTrace, withSpan } from "@lectura/telemetry";
import type { DeliveryRecord, Settlement, WebhookRecord, WebhookStore } from "@lectura/webhooks";
import { waitBefore } from "./backoff.ts";
import type { Message } from "./message.ts";
import type { Reception, Send } from "./send.ts";
import { createShares } from "./share-hands.ts";

/** A receiver that has its share of tries is looked at again after this. */
const POSTPONED_MS = 1000;
/** The receiver is gone for good and wants to be asked no more (Standard Webhooks). */
const GONE = 410;

const settlementOf = ({ status, error, at, retryAfter }: Reception, delivery: DeliveryRecord): Settlement => {
  const attempt = { at: new Date(at).toISOString(), status, error };
  if (error === null) return { attempt, status: "delivered", nextAttemptAt: null, disable: false };
  const wait = status === GONE ? undefined : waitBefore(delivery.tries + 1, retryAfter);
  if (wait === undefined) {
    return { attempt, status: "failed", nextAttemptAt: null, disable: status === GONE && delivery.url === null };
  }
  return { attempt, status: "pending", nextAttemptAt: Math.round(Date.now() + wait), disable: false };
};

const disabledSince = (at: number): Reception => ({
  at,
  status: null,
  error: "the webhook is disabled",
  retryAfter: undefined,
});

/**
 * One try at a delivery, in the trace of its document. Killed anywhere on the way, it is due again when its lease is
 * over: a receiver may get it twice, with the same id, but not never.
 */
export const createDeliver = ({
  webhooks,
  deliveries,
  message,
  send,
  onSettled,
}: WebhookStore & {
  message: Message;
  send: Send;
  onSettled: (status: Settlement["status"], disabled: boolean) => void;
}) => {
  const share = createShares();

  const tell = async (
    delivery: DeliveryRecord,
    webhook: WebhookRecord,
    signal: AbortSignal,
  ): Promise<Reception | undefined> => {
    const url = delivery.url ?? webhook.url ?? "";
    const secrets = await webhooks.secretsOf(webhook);
    return share(new URL(url).host, async () =>
      inTrace(delivery.traceparent, async () =>
        withSpan("deliver webhook", async () =>
          send(url, { id: delivery.event_id, body: await message(delivery), secrets }, signal),
        ),
      ),
    );
  };

  return async (id: DeliveryId, signal: AbortSignal): Promise<void> => {
    const delivery = await deliveries.read(id);
    const webhook = delivery && (await webhooks.find(delivery.tenant, delivery.webhook));
    if (!delivery || !webhook) return deliveries.drop(id);
    const reception = webhook.enabled ? await tell(delivery, webhook, signal) : disabledSince(Date.now());
    if (!reception) return deliveries.postpone(id, POSTPONED_MS);
    const settlement = settlementOf(reception, delivery);
    // Nobody will enable it again: the rest of its tries would only fail.
    const settled: Settlement = webhook.enabled ? settlement : { ...settlement, status: "failed", nextAttemptAt: null };
    await deliveries.settle(delivery, settled);
    onSettled(settled.status, settled.disable);
  };
};
