import type { DocumentStore } from "@lectura/documents";
import type { Producer } from "@lectura/queue";
import { Gauge, type Registry } from "@lectura/telemetry";

interface Queue {
  producer: Pick<Producer, "counts">;
  documents: Pick<DocumentStore, "oldestWaiting">;
}

const measureDepth = (metrics: Registry, { producer }: Queue): void => {
  const depth = new Gauge({
    name: "ocr_queue_depth",
    help: "jobs in the queue",
    labelNames: ["state"],
    registers: [],
    async collect() {
      const counts = await producer.counts().catch(() => ({}));
      this.reset();
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
    },
  });
  metrics.registerMetric(depth);
};

const measureAge = (metrics: Registry, { documents }: Queue): void => {
  const age = new Gauge({
    name: "ocr_queue_oldest_seconds",
    help: "age of the document that has waited longest to be taken up, 0 when none waits",
    registers: [],
    async collect() {
      const now = Date.now();
      try {
        const cameIn = (await documents.oldestWaiting()) ?? now;
        // Another ocr-api noted the time, whose clock may be ahead of this one's.
        this.set(Math.max(0, now - cameIn) / 1000);
      } catch {
        // A gauge without labels is 0 after `reset`, which would say that nobody waits.
        this.remove();
      }
    },
  });
  metrics.registerMetric(age);
};

/**
 * How much waits and for how long, read from Redis at every scrape: what workers scale on. While Redis is away neither
 * is known, so there is no series; the process's own figures are still served.
 */
export const measureQueue = (metrics: Registry, queue: Queue): void => {
  measureDepth(metrics, queue);
  measureAge(metrics, queue);
};
