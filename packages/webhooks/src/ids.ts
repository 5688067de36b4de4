import { randomBytes } from "node:crypto";
import { CALLBACK, type DeliveryId, type TenantId, type WebhookId } from "@lectura/contracts";
import type { Ending } from "@lectura/documents";

export const newWebhookId = (): WebhookId => `whk_${randomBytes(16).toString("hex")}`;

const timePart = (now: number): string => `dlv_${now.toString(16).padStart(12, "0")}`;

/** A fresh id: 48 bits of time, so that ids sort by age, and 80 random ones. */
export const newDeliveryId = (now: number): DeliveryId => `${timePart(now)}${randomBytes(10).toString("hex")}`;

/** Sorts after every delivery's id of before that time, and before all later ones. */
export const deliveriesSince = (time: number): string => timePart(time);

/** The name under which a tenant's callbacks are kept, as if they were one webhook. */
export const callbackOf = (tenant: TenantId): string => `${CALLBACK}/${tenant}`;

/** One event, one id, whoever works it out and however often: receivers know a repeat by it. */
export const eventIdOf = ({ document, attempt, event }: Pick<Ending, "document" | "attempt" | "event">): string =>
  `evt_${document.slice("doc_".length)}_${attempt}_${event.slice("document.".length)}`;
