import { z } from "zod";
import { DocumentId, MAX_URL } from "./document.ts";

/** What a webhook can be told: that a document has come to its end, and which. */
export const WebhookEvent = z.enum([
  "document.succeeded",
  "document.partial",
  "document.failed",
  "document.cancelled",
  "document.expired",
]);
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** An event's type as CloudEvents have it; asked for by either name. */
export const cloudEventType = (event: WebhookEvent) => `lectura.${event}` as const;
const AskedEvent = z
  .enum([...WebhookEvent.options, ...WebhookEvent.options.map(cloudEventType)])
  .transform((name) => WebhookEvent.parse(name.replace(/^lectura\./, "")));

export const WebhookId = z.string().regex(/^whk_[0-9a-f]{32}$/);
export type WebhookId = z.infer<typeof WebhookId>;

/** The one webhook that every tenant has: it stands for the `callback_url`s of its documents. */
export const CALLBACK = "callback";

export const NewWebhook = z.strictObject({
  url: z.string().max(MAX_URL).describe("public http or https address"),
  events: z
    .array(AskedEvent)
    .min(1)
    .transform((events) => [...new Set(events)])
    .default(WebhookEvent.options)
    .describe("all when left out"),
});

export const Webhook = z
  .object({
    id: z.string(),
    url: z.string().nullable().describe("null for `callback`, whose documents name theirs"),
    events: z.array(WebhookEvent),
    enabled: z.boolean().describe("false once its receiver has answered 410"),
    created_at: z.string().describe("RFC 3339, UTC"),
  })
  .meta({ id: "Webhook" });
export type Webhook = z.infer<typeof Webhook>;

export const WebhookWithSecret = Webhook.extend({
  secret: z.string().describe("`whsec_…`, shown this once: verifies the signatures (Standard Webhooks)"),
}).meta({ id: "WebhookWithSecret" });
export type WebhookWithSecret = z.infer<typeof WebhookWithSecret>;

export const WebhookList = z
  .object({ items: z.array(Webhook), next_cursor: z.string().nullable() })
  .meta({ id: "WebhookList" });
export type WebhookList = z.infer<typeof WebhookList>;

export const DeliveryId = z.string().regex(/^dlv_[0-9a-f]{32}$/);
export type DeliveryId = z.infer<typeof DeliveryId>;

export const DeliveryAttempt = z.object({
  at: z.string().describe("RFC 3339, UTC"),
  status: z.int().nullable().describe("the receiver's answer; null when there was none"),
  error: z.string().nullable(),
});
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;

export const Delivery = z
  .object({
    id: DeliveryId,
    event_id: z.string().describe("`webhook-id`, the same on every repeat"),
    type: z.string(),
    document_id: DocumentId,
    status: z.enum(["pending", "delivered", "failed"]),
    attempts: z.array(DeliveryAttempt),
    next_attempt_at: z.string().nullable(),
  })
  .meta({ id: "Delivery" });
export type Delivery = z.infer<typeof Delivery>;

export const DeliveryList = z
  .object({ items: z.array(Delivery), next_cursor: z.string().nullable() })
  .meta({ id: "DeliveryList" });
export type DeliveryList = z.infer<typeof DeliveryList>;
