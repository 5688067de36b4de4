import type { DocumentStore } from "@lectura/documents";
import type { WebhookStore } from "@lectura/webhooks";

const BATCH = 100;

/** Owes each document's end to those who want to know; how many ends that were. Any courier may do it at any time. */
export const createFanOut =
  ({ documents, webhooks, deliveries }: WebhookStore & { documents: Pick<DocumentStore, "ended"> }) =>
  async (): Promise<number> => {
    const endings = await documents.ended(BATCH);
    for (const ending of endings) {
      const all = await webhooks.ofTenant(ending.tenant);
      const wanting = all.filter(({ enabled, events }) => enabled && events.includes(ending.event));
      await deliveries.fanOut(ending, wanting);
    }
    return endings.length;
  };
