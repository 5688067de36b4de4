import { createServer } from "node:http";
import { once } from "node:events";
import { collectDefaultMetrics, Registry } from "prom-client";

export { Counter, Gauge, Histogram } from "prom-client";
export type { Registry } from "prom-client";

/** Looking every 10 ms, as is the default, takes 1 % of a core of a process that has nothing to do. */
const LOOK_AT_EVENT_LOOP_MS = 100;

/** A registry of this process's own with Node's default metrics; every series carries the service's name. */
export const createMetrics = (service: string): Registry => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOK_AT_EVENT_LOOP_MS });
  return registry;
};

/** So far above a service's own port is its metrics port. */
const METRICS_OFFSET = 1000;

/** Serves `GET /metrics` on a port of its own, so that the public one never shows it. `port` is the service's. */
export const serveMetrics = async (
  registry: Registry,
  { host, port }: { host: string; port: number },
): Promise<{ close(): Promise<void> }> => {
  const server = createServer((request, response) => {
    if (request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(port + METRICS_OFFSET, host);
  await once(server, "listening");
  return {
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
