import { z } from "zod";
import { byId, json, paging, type Route } from "./route.ts";
import { Delivery, DeliveryList, NewWebhook, WebhookList, WebhookWithSecret } from "./webhook.ts";

/** Webhooks and what became of their deliveries; ocr-api serves them, courier delivers. */
export const webhookRoutes = {
  listWebhooks: {
    method: "GET",
    path: "/v1/webhooks",
    owner: "ocr-api",
    access: "webhooks:manage",
    summary: "List webhooks, newest first",
    query: z.strictObject(paging),
    answers: { 200: { description: "the webhooks, without their secrets", content: json(WebhookList) } },
  },
  createWebhook: {
    method: "POST",
    path: "/v1/webhooks",
    owner: "ocr-api",
    access: "webhooks:manage",
    summary: "Create a webhook",
    query: z.strictObject({}),
    body: [{ contentType: "application/json", schema: NewWebhook }],
    answers: { 201: { description: "the webhook, with its secret this once", content: json(WebhookWithSecret) } },
  },
  deleteWebhook: {
    method: "DELETE",
    path: "/v1/webhooks/:id",
    owner: "ocr-api",
    access: "webhooks:manage",
    summary: "Delete a webhook; what it has not been told by then it is not told",
    params: byId,
    query: z.strictObject({}),
    answers: { 204: { description: "gone" } },
  },
  rotateWebhook: {
    method: "POST",
    path: "/v1/webhooks/:id/rotate",
    owner: "ocr-api",
    access: "webhooks:manage",
    summary: "Give a webhook, or `callback`, a new secret; the former ones sign along for 24 hours",
    params: byId,
    query: z.strictObject({}),
    answers: { 200: { description: "the webhook, with its new secret this once", content: json(WebhookWithSecret) } },
  },
  listDeliveries: {
    method: "GET",
    path: "/v1/webhooks/:id/deliveries",
    owner: "ocr-api",
    access: "webhooks:manage",
    summary: "Read the delivery log of a webhook, or of `callback`, newest first",
    params: byId,
    query: z.strictObject(paging),
    answers: { 200: { description: "deliveries of the last seven days", content: json(DeliveryList) } },
  },
  replayDelivery: {
    method: "POST",
    path: "/v1/webhooks/:id/deliveries/:delivery/replay",
    owner: "ocr-api",
    access: "webhooks:manage",
    summary: "Deliver once more, under the same event id",
    params: byId.extend({ delivery: z.string() }),
    query: z.strictObject({}),
    answers: { 202: { description: "the delivery, pending again", content: json(Delivery) } },
  },
} satisfies Record<string, Route>;
