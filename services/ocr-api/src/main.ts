import { createChanges, createDocumentStore, createKeys, createWorkers } from "@lectura/documents";
import { createCheckUrl } from "@lectura/guard";
import { closeApp, createAuditLog, createKeySource, externalIssuer, ownIssuer } from "@lectura/http";
import { createProducer } from "@lectura/queue";
import { configured, createLogger, parseEnvironment, redisOptions, runService } from "@lectura/runtime";
import { createStorage } from "@lectura/storage";
import { createMetrics, flushTracing, serveMetrics } from "@lectura/telemetry";
import { createWebhookStore } from "@lectura/webhooks";
import { Redis } from "ioredis";
import { createOcrApiApp } from "./app.ts";
import { OcrApiConfig } from "./config.ts";
import { measureQueue } from "./upkeep/measure-queue.ts";
import { startSweeper } from "./upkeep/sweeper.ts";

const config = configured(() => parseEnvironment(OcrApiConfig, process.env));
const log = createLogger({ service: "ocr-api", level: config.LOG_LEVEL });

const connectRedis = (): Redis => {
  const redis = new Redis(config.REDIS_URL, { ...redisOptions, commandTimeout: 5000, enableAutoPipelining: true });
  redis.on("error", (err) => log.warn({ err }, "redis"));
  return redis;
};

await runService({
  log,
  grace: 25_000,
  start: async () => {
    const redis = connectRedis();
    const subscriber = connectRedis();
    const storage = createStorage(config.LECTURA_STORAGE);
    const keys = createKeys("lectura");
    const documents = createDocumentStore({ redis });
    const workers = createWorkers(redis, keys);
    const changes = await createChanges(subscriber, keys);
    const producer = createProducer({ connection: redis });
    const sweeper = startSweeper({ documents, producer, storage, log });

    const metrics = createMetrics("ocr-api");
    measureQueue(metrics, { producer, documents });
    const app = await createOcrApiApp({
      log,
      metrics,
      dependencies: [
        { name: "redis", check: () => redis.ping() },
        { name: "storage", check: () => storage.ping() },
      ],
      issuers: [
        ownIssuer({
          issuer: config.LECTURA_PUBLIC_URL,
          keys: createKeySource({ url: new URL("/.well-known/jwks.json", config.LECTURA_AUTH_URL), log }),
        }),
        ...config.LECTURA_OIDC_ISSUERS.map((each) => externalIssuer(each, log)),
      ],
      audit: createAuditLog({ redis }),
      documents,
      workers,
      changes,
      producer,
      storage,
      store: createWebhookStore({ redis, secret: config.LECTURA_WEBHOOK_SECRET }),
      checkUrl: createCheckUrl({ allowed: config.LECTURA_COURIER_ALLOW }),
      limits: {
        file_bytes: config.LECTURA_MAX_FILE_BYTES,
        document_pages: config.LECTURA_MAX_PAGES,
        page_pixels: config.LECTURA_MAX_PAGE_PIXELS,
        page_seconds: config.LECTURA_PAGE_SECONDS,
        in_flight_documents: config.LECTURA_MAX_IN_FLIGHT,
        hourly_pages: config.LECTURA_MAX_HOURLY_PAGES,
        kept_bytes: config.LECTURA_MAX_KEPT_BYTES,
      },
    });
    const metricsServer = await serveMetrics(metrics, { host: config.HOST, port: config.PORT });
    await app.listen({ host: config.HOST, port: config.PORT });
    return [
      { name: "http", close: () => closeApp(app) },
      { name: "sweeper", close: () => sweeper.close() },
      { name: "metrics", close: () => metricsServer.close() },
      { name: "changes", close: () => changes.close() },
      { name: "queue", close: () => producer.close() },
      { name: "redis", close: () => Promise.all([redis.quit(), subscriber.quit()]) },
      { name: "storage", close: () => storage.close() },
      { name: "tracing", close: flushTracing },
    ];
  },
});
