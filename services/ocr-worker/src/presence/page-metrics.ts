import type { PageResult } from "@lectura/contracts";
import { Counter, Histogram, type Registry } from "@lectura/telemetry";

/** Counts and times what the worker reads. */
export const createPageMetrics = (registry: Registry) => {
  const pages = new Counter({
    name: "ocr_pages_total",
    help: "pages settled",
    labelNames: ["outcome", "source"],
    registers: [registry],
  });
  const duration = new Histogram({
    name: "ocr_page_duration_seconds",
    help: "time from taking up a page to its result",
    labelNames: ["source"],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128],
    registers: [registry],
  });
  return {
    settled: ({ error, source }: PageResult, seconds: number): void => {
      pages.inc({ outcome: error ? error.code : "succeeded", source });
      duration.observe({ source }, seconds);
    },
  };
};
export type PageMetrics = ReturnType<typeof createPageMetrics>;
