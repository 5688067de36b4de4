export type { Settlement } from "./deliveries.ts";
export type { DeliveryRecord } from "./delivery-record.ts";
export { webhookSecret } from "./secrets.ts";
export { createWebhookStore, type WebhookStore } from "./store.ts";
export type { WebhookRecord } from "./webhooks.ts";
