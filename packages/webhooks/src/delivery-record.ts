import { DeliveryAttempt, type DeliveryId, DocumentId, WebhookEvent } from "@lectura/contracts";
import { z } from "zod";

const attemptLines = z
  .string()
  .transform((lines) => lines.split("\n").filter((line) => line !== ""))
  .pipe(z.array(z.string().transform((line) => DeliveryAttempt.parse(JSON.parse(line)))));

/** A delivery as Redis keeps it. */
export const StoredDelivery = z.object({
  tenant: z.string(),
  webhook: z.string(),
  url: z.string().transform((url) => url || null),
  event_id: z.string(),
  event: WebhookEvent,
  document: DocumentId,
  traceparent: z.string().default(""),
  at: z.coerce.number(),
  status: z.enum(["pending", "delivered", "failed"]),
  attempts: attemptLines.default([]),
  tries: z.coerce.number().default(0),
  next_attempt_at: z.string().transform((text) => (text === "" ? null : Number(text))),
});

/**
 * One event for one webhook. It names the document and holds nothing of it: what is sent is read when it is sent.
 * `at` is when the document ended, `url` that of a callback, `tries` counts since the last replay, times are milliseconds since 1970.
 */
export type DeliveryRecord = z.infer<typeof StoredDelivery> & { id: DeliveryId };
