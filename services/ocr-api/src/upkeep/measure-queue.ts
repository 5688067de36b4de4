import type { Producer } from "@lectura/queue";
import { Gauge, type Registry } from "@lectura/telemetry";

/** The queue's depth by state, read from Redis at every scrape: what workers scale on. */
export const measureQueue = (metrics: Registry, producer: Pick<Producer, "counts">): void => {
  const depth = new Gauge({
    name: "ocr_queue_depth",
    help: "jobs in the queue",
    labelNames: ["state"],
    registers: [],
    async collect() {
      // While Redis is away the depth is not known; the process's own figures are still served.
      const counts = await producer.counts().catch(() => ({}));
      this.reset();
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
    },
  });
  metrics.registerMetric(depth);
};
