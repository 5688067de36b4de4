import type { DocumentStore } from "@lectura/documents";
import { Counter, Gauge, type Registry } from "@lectura/telemetry";
import type { Settlement, WebhookStore } from "@lectura/webhooks";

/** How deliveries end, and what waits: read from Redis at every scrape, no series while it is away. */
export const createDeliveryMetrics = (
  registry: Registry,
  { documents, deliveries }: Pick<WebhookStore, "deliveries"> & { documents: Pick<DocumentStore, "endedCount"> },
) => {
  const attempts = new Counter({
    name: "webhook_attempts_total",
    help: "tries at deliveries, by what became of the delivery",
    labelNames: ["status"],
    registers: [registry],
  });
  // There from the start: the first one that is given up is an increase then.
  for (const status of ["delivered", "pending", "failed"]) attempts.inc({ status }, 0);
  const disabled = new Counter({
    name: "webhooks_disabled_total",
    help: "webhooks whose receivers have answered 410",
    registers: [registry],
  });
  const gauge = (name: string, help: string, read: () => Promise<number>): void => {
    const made = new Gauge({
      name,
      help,
      registers: [],
      async collect() {
        await read().then(
          (value) => this.set(value),
          () => this.remove(),
        );
      },
    });
    registry.registerMetric(made);
  };
  gauge("webhook_deliveries_pending", "deliveries that are neither made nor given up", async () => {
    const { pending } = await deliveries.backlog();
    return pending;
  });
  gauge("webhook_overdue_seconds", "how long the oldest delivery is overdue, 0 when none is", async () => {
    const now = Date.now();
    const { overdueSince = now } = await deliveries.backlog();
    return Math.max(0, now - overdueSince) / 1000;
  });
  gauge("webhook_endings_waiting", "ends of documents that no webhook is owed yet", async () => documents.endedCount());

  return {
    settled: (status: Settlement["status"], isDisabled: boolean): void => {
      attempts.inc({ status });
      if (isDisabled) disabled.inc();
    },
  };
};
