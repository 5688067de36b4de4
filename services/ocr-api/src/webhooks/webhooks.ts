import {
  CALLBACK,
  NewWebhook,
  ProblemError,
  type TenantId,
  type Webhook,
  type WebhookWithSecret,
} from "@lectura/contracts";
import type { Guard } from "@lectura/guard";
import type { WebhookRecord, WebhookStore } from "@lectura/webhooks";

/** Each end of a document is told to every webhook of its tenant: more than this is a mistake. */
const MOST_WEBHOOKS = 100;

const view = ({ id, url, events, enabled, created_at }: WebhookRecord): Webhook => ({
  id,
  url,
  events,
  enabled,
  created_at: new Date(created_at).toISOString(),
});

/** A tenant's webhook. @throws ProblemError 404 also for another tenant's */
export const createFindWebhook =
  ({ webhooks }: Pick<WebhookStore, "webhooks">) =>
  async (tenant: TenantId, id: string): Promise<WebhookRecord> => {
    const webhook = await webhooks.find(tenant, id);
    if (!webhook) throw new ProblemError("not-found", "There is no such webhook.");
    return webhook;
  };
export type FindWebhook = ReturnType<typeof createFindWebhook>;

/** Making webhooks, giving them other secrets, taking them away. */
export const createWebhookAdmin = ({
  webhooks,
  find,
  checkUrl,
}: Pick<WebhookStore, "webhooks"> & { find: FindWebhook; checkUrl: Guard["checkUrl"] }) => ({
  /** The cursor is the id of the last one seen. */
  list: async (
    tenant: TenantId,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: Webhook[]; next_cursor: string | null }> => {
    const all = await webhooks.ofTenant(tenant);
    const start = cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
    if (cursor !== undefined && start === 0)
      throw new ProblemError("malformed-request", "The cursor is not one that a list has given.");
    const items = all.slice(start, start + limit).map(view);
    return { items, next_cursor: start + limit < all.length ? (items.at(-1)?.id ?? null) : null };
  },

  create: async (tenant: TenantId, body: unknown): Promise<WebhookWithSecret> => {
    const { url, events } = NewWebhook.parse(body);
    const checked = checkUrl(url);
    if ((await webhooks.ofTenant(tenant)).length >= MOST_WEBHOOKS)
      throw new ProblemError("conflict", `A tenant has at most ${MOST_WEBHOOKS} webhooks. Delete one first.`);
    const { secret, ...made } = await webhooks.add({ tenant, url: checked.href, events });
    return { ...view(made), secret };
  },

  rotate: async (tenant: TenantId, id: string): Promise<WebhookWithSecret> => {
    const webhook = await find(tenant, id);
    const secret = await webhooks.rotate(webhook);
    if (secret === undefined) throw new ProblemError("conflict", "Another call has rotated the secret just now.");
    return { ...view(webhook), secret };
  },

  remove: async (tenant: TenantId, id: string): Promise<void> => {
    const webhook = await find(tenant, id);
    if (webhook.id === CALLBACK) throw new ProblemError("conflict", "The webhook of callbacks is always there.");
    await webhooks.remove(webhook);
  },
});
export type WebhookAdmin = ReturnType<typeof createWebhookAdmin>;
