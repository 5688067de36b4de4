import type { DeliveryId, TenantId } from "@lectura/contracts";
import { createKeys as createDocumentKeys } from "@lectura/documents";

/** The Redis keys of webhooks and deliveries; `webhook` is an id, or `callback/<tenant>`. */
export const createKeys = (prefix: string) => ({
  webhook: (id: string) => `${prefix}:webhook:${id}`,
  /** Ids of a tenant's webhooks, by the time they were made. */
  tenant: (tenant: TenantId) => `${prefix}:webhooks:${tenant}`,
  delivery: (id: DeliveryId) => `${prefix}:delivery:${id}`,
  /** Ids of a webhook's deliveries; they sort by time. */
  log: (webhook: string) => `${prefix}:webhook:${webhook}:deliveries`,
  /** Pending deliveries by the time of their next attempt. */
  due: `${prefix}:deliveries:due`,
  ended: createDocumentKeys(prefix).ended,
});
export type Keys = ReturnType<typeof createKeys>;
