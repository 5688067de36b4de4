import { cloudEventType, type Delivery, DeliveryId, ProblemError, type TenantId } from "@lectura/contracts";
import type { DeliveryRecord, WebhookStore } from "@lectura/webhooks";
import type { FindWebhook } from "./webhooks.ts";

const view = (delivery: DeliveryRecord): Delivery => ({
  id: delivery.id,
  event_id: delivery.event_id,
  type: cloudEventType(delivery.event),
  document_id: delivery.document,
  status: delivery.status,
  attempts: delivery.attempts,
  next_attempt_at: delivery.next_attempt_at === null ? null : new Date(delivery.next_attempt_at).toISOString(),
});

const notFound = (): ProblemError => new ProblemError("not-found", "There is no such delivery.");

/** The log of a webhook's deliveries, and doing one again. */
export const createDeliveryLog = ({ deliveries, find }: Pick<WebhookStore, "deliveries"> & { find: FindWebhook }) => {
  return {
    /** The cursor is the id of the last one seen. */
    list: async (
      tenant: TenantId,
      webhook: string,
      { limit, cursor }: { limit: number; cursor?: string | undefined },
    ): Promise<{ items: Delivery[]; next_cursor: string | null }> => {
      const { id } = await find(tenant, webhook);
      const after = DeliveryId.optional().safeParse(cursor);
      if (!after.success) throw new ProblemError("malformed-request", "The cursor is not one that a list has given.");
      const { items, more } = await deliveries.list({ id, tenant }, { limit, after: after.data });
      return { items: items.map(view), next_cursor: more ? (items.at(-1)?.id ?? null) : null };
    },

    /** Also what was delivered or given up before. @throws ProblemError 409 when its webhook is disabled */
    replay: async (tenant: TenantId, webhook: string, id: string): Promise<Delivery> => {
      const { id: webhookId, enabled } = await find(tenant, webhook);
      const delivery = await deliveries.read(id);
      if (delivery?.tenant !== tenant || delivery.webhook !== webhookId) throw notFound();
      if (!enabled) throw new ProblemError("conflict", "The webhook is disabled: its receiver has answered 410.");
      const replayed = (await deliveries.replay(delivery.id)) ? await deliveries.read(delivery.id) : undefined;
      if (!replayed) throw notFound();
      return view(replayed);
    },
  };
};
export type DeliveryLog = ReturnType<typeof createDeliveryLog>;
