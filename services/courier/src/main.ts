import { createDocumentStore, createKeys, createWorkers } from "@lectura/documents";
import { createGuard } from "@lectura/guard";
import { createReuse } from "@lectura/intake";
import { createProducer } from "@lectura/queue";
import { configured, createLogger, parseEnvironment, redisOptions, runService, serveHealth } from "@lectura/runtime";
import { createMetrics, flushTracing, serveMetrics, version } from "@lectura/telemetry";
import { createStorage } from "@lectura/storage";
import { createWebhookStore } from "@lectura/webhooks";
import { Redis } from "ioredis";
import { CourierConfig } from "./config.ts";
import { createDeliver } from "./deliveries/deliver.ts";
import { createMessage } from "./deliveries/message.ts";
import { createDeliveryMetrics } from "./deliveries/metrics.ts";
import { createSend } from "./deliveries/send.ts";
import { startDeliveries } from "./deliveries/start-deliveries.ts";
import { createDownload } from "./sources/download.ts";
import { createFetchSource } from "./sources/fetch-source.ts";
import { createFetchMetrics } from "./sources/metrics.ts";
import { startFetches } from "./sources/start-fetches.ts";

const config = configured(() => parseEnvironment(CourierConfig, process.env));
const log = createLogger({ service: "courier", level: config.LOG_LEVEL });

/** A receiver that has not answered by then is tried again later. */
const ANSWER_MS = 15_000;
/** A document has to be here by then. */
const FETCH_S = 30;
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
    const storage = createStorage(config.LECTURA_STORAGE);
    const producer = createProducer({ connection: redis });
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

    const fetchSource = createFetchSource({
      documents,
      storage,
      producer,
      download: createDownload({ guard, limits: { bytes: config.LECTURA_MAX_FILE_BYTES, seconds: FETCH_S } }),
      reuse: createReuse({ documents, workers: createWorkers(redis, createKeys("lectura")), storage }),
      onFetched: createFetchMetrics(registry),
    });
    const fetches = startFetches({ documents, fetchSource, log });

    const { HOST: host, PORT: port } = config;
    const metricsServer = await serveMetrics(registry, { host, port });
    const health = await serveHealth({
      host,
      port,
      version: { service: "courier", version },
      dependencies: [
        { name: "redis", check: () => redis.ping() },
        { name: "storage", check: () => storage.ping() },
      ],
    });
    return [
      { name: "work", close: () => Promise.all([deliveries.close(GRACE_MS), fetches.close(GRACE_MS)]) },
      { name: "guard", close: () => guard.close() },
      { name: "health", close: () => health.close() },
      { name: "metrics", close: () => metricsServer.close() },
      { name: "queue", close: () => producer.close() },
      { name: "redis", close: () => redis.quit() },
      { name: "storage", close: () => storage.close() },
      { name: "tracing", close: flushTracing },
    ];
  },
});
