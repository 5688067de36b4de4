import type { DeliveryId } from "@lectura/contracts";
import type { DocumentStore } from "@lectura/documents";
import type { Logger } from "@lectura/runtime";
import type { WebhookStore } from "@lectura/webhooks";
import { takeWork } from "../work/take-work.ts";
import { createFanOut } from "./fan-out.ts";

/** So many receivers may be waited for at once. */
const SLOTS = 64;
/** Longer than any try takes; what a killed courier held is due again after it. */
const LEASE_MS = 40_000;

/** Fans out what has ended and delivers what is due, until closed. */
export const startDeliveries = ({
  documents,
  store,
  deliver,
  log,
}: {
  documents: Pick<DocumentStore, "ended">;
  store: WebhookStore;
  deliver: (id: DeliveryId, signal: AbortSignal) => Promise<void>;
  log: Pick<Logger, "warn">;
}): { close(grace: number): Promise<void> } => {
  const fanOut = createFanOut({ documents, ...store });
  return takeWork({
    slots: SLOTS,
    claim: async (limit) => {
      await fanOut();
      return store.deliveries.claim(limit, LEASE_MS);
    },
    work: deliver,
    onError: (err) => log.warn({ err }, "a delivery was cut short, it is tried again"),
  });
};
