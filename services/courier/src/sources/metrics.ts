import { Counter, type Registry } from "@lectura/telemetry";

/** Counts what became of documents to fetch: `fetched`, or the code of what was in the way. */
export const createFetchMetrics = (registry: Registry): ((outcome: string) => void) => {
  const fetches = new Counter({
    name: "source_fetches_total",
    help: "documents fetched from source.url, by outcome",
    labelNames: ["outcome"],
    registers: [registry],
  });
  return (outcome) => fetches.inc({ outcome });
};
