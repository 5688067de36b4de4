import { createDocumentStore } from "@lectura/documents";
import { createGuard } from "@lectura/guard";
import { configured, createLogger, parseEnvironment, redisOptions, runService, serveHealth } from "@lectura/runtime";
import { createMetrics, flushTracing, serveMetrics, version } from "@lectura/telemetry";
import { createWebhookStore } from "@lectura/webhooks";
import { Redis } from "ioredis";
import { CourierConfig } from "./config.ts";
import { createDeliver } from "./deliveries/deliver.ts";
import { createMessage } from "./deliveries/message.ts";
import { createDeliveryMetrics } from "./deliveries/metrics.ts";
import { createSend } from "./deliveries/send.ts";
import { startDeliveries } from "./deliveries/start-deliveries.ts";

const config = configured(() => parseEnvironment(CourierConfig, process.env));
const log = createLogger({ service: "courier", level: config.LOG_LEVEL });

/** A receiver that has not answered by then is tried again later. */
const ANSWER_MS = 15_000;
/** What is under way gets this long to end when the service is told to stop. */
const GRACE_MS = 16_000;

await runService({
  log,
  grace: 25_000,
  start: async () => {
    const redis = new Redis(config.REDIS_URL, { ...redisOptions, commandTimeout: 5000, enableAutoPipelining: true });
    redis.on("error", (err) => log.warn({ err }, "redis"));
    const documents = createDocumentStore({ redis });
    const store = createWebhookStore({ redis, secret: config.LECTURA_WEBHOOK_SECRET });
    const guard = createGuard({ allowed: config.LECTURA_COURIER_ALLOW });

    const registry = createMetrics("courier");
    const metrics = createDeliveryMetrics(registry, { ...store, documents });
    const deliver = createDeliver({
      ...store,
      message: createMessage({ documents, publicUrl: config.LECTURA_PUBLIC_URL }),
      send: createSend({ guard, timeoutMs: ANSWER_MS }),
      onSettled: metrics.settled,
    });
    const deliveries = startDeliveries({ documents, store, deliver, log });

    const { HOST: host, PORT: port } = config;
    const metricsServer = await serveMetrics(registry, { host, port });
    const health = await serveHealth({
      host,
      port,
      version: { service: "courier", version },
      dependencies: [{ name: "redis", check: () => redis.ping() }],
    });
    return [
      { name: "deliveries", close: () => deliveries.close(GRACE_MS) },
      { name: "guard", close: () => guard.close() },
      { name: "health", close: () => health.close() },
      { name: "metrics", close: () => metricsServer.close() },
      { name: "redis", close: () => redis.quit() },
      { name: "tracing", close: flushTracing },
    ];
  },
});
