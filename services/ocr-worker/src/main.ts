import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { createDocumentStore, createKeys, createWorkers } from "@lectura/documents";
import { createOcr } from "@lectura/ocr";
import { createConsumer, createProducer } from "@lectura/queue";
import { configured, createLogger, parseEnvironment, redisOptions, runService, serveHealth } from "@lectura/runtime";
import { createStorage } from "@lectura/storage";
import { createMetrics, flushTracing, serveMetrics, version } from "@lectura/telemetry";
import { Redis } from "ioredis";
import { OcrWorkerConfig } from "./config.ts";
import { createLocalInputs } from "./inputs/local-inputs.ts";
import { createAssemble } from "./jobs/assemble.ts";
import { createFormat } from "./jobs/format.ts";
import { createGiveUp } from "./jobs/give-up.ts";
import { createImage } from "./jobs/image.ts";
import { createInspect } from "./jobs/inspect.ts";
import { createPage } from "./jobs/page.ts";
import { startAnnouncing } from "./presence/announce.ts";
import { createPageMetrics } from "./presence/page-metrics.ts";

const config = configured(() => parseEnvironment(OcrWorkerConfig, process.env));
const log = createLogger({ service: "ocr-worker", level: config.LOG_LEVEL });

/** The name of this process in what it has in hand: its host's and its id come again when a container is started again. */
const LIFE = randomUUID();
/** Running pages get this long to finish when the worker is told to stop; then they go back to the queue. */
const PAGE_GRACE_MS = 15_000;

await runService({
  log,
  grace: 25_000,
  start: async () => {
    // Blocking calls wait for work as long as it takes, so this connection must never give up.
    const redis = new Redis(config.REDIS_URL, { ...redisOptions, maxRetriesPerRequest: null });
    redis.on("error", (err) => log.warn({ err }, "redis"));
    const storage = createStorage(config.LECTURA_STORAGE);
    const worker = `${hostname()}-${process.pid}`;
    const inputs = await createLocalInputs({ storage, folder: config.LECTURA_WORKER_DIR });
    const ocr = await createOcr({
      engine: config.LECTURA_ENGINE,
      slots: config.LECTURA_WORKER_SLOTS,
      ...(config.LECTURA_TESSERACT_LIBRARY ? { library: config.LECTURA_TESSERACT_LIBRARY } : {}),
      ...(config.LECTURA_TESSDATA ? { tessdata: config.LECTURA_TESSDATA } : {}),
      ...(config.LECTURA_PPOCR ? { ppocr: config.LECTURA_PPOCR } : {}),
      limits: { pagePixels: config.LECTURA_MAX_PAGE_PIXELS, pageSeconds: config.LECTURA_PAGE_SECONDS },
    });
    log.info(
      {
        engine: ocr.info.engine,
        version: ocr.info.engine_version,
        second: ocr.info.second_engine,
        note: ocr.info.engine_note,
      },
      "engine is ready",
    );

    const registry = createMetrics("ocr-worker");
    const metrics = createPageMetrics(registry);
    const documents = createDocumentStore({ redis });
    const producer = createProducer({ connection: redis });
    const { LECTURA_MAX_PAGES: maxPages } = config;
    const dependencies = { worker: LIFE, documents, storage, producer, ocr, inputs, metrics, maxPages };
    const consumer = createConsumer({
      connection: redis,
      handlers: {
        inspect: createInspect(dependencies),
        page: createPage(dependencies),
        assemble: createAssemble(dependencies),
        format: createFormat(dependencies),
        image: createImage(dependencies),
      },
      // One more than pages at once: while they are recognised, the next input is fetched.
      concurrency: ocr.info.slots + 1,
      onGivenUp: createGiveUp({ documents, log, registry }),
      onRetry: ({ document }, err) => log.warn({ err, document }, "a job has failed and will be tried again"),
      onError: (err) => log.error({ err }, "queue"),
    });
    const presence = await startAnnouncing(createWorkers(redis, createKeys("lectura")), {
      worker,
      info: ocr.info,
      log,
    });

    const { HOST: host, PORT: port } = config;
    const metricsServer = await serveMetrics(registry, { host, port });
    const health = await serveHealth({
      host,
      port,
      version: { service: "ocr-worker", version, engine: ocr.info.engine, engine_version: ocr.info.engine_version },
      dependencies: [
        { name: "redis", check: () => redis.ping() },
        { name: "storage", check: () => storage.ping() },
        { name: "queue", check: () => consumer.checkRunning() },
      ],
    });
    return [
      { name: "queue", close: () => consumer.close(PAGE_GRACE_MS) },
      { name: "engine", close: () => ocr.close() },
      { name: "presence", close: () => presence.close() },
      { name: "producer", close: () => producer.close() },
      { name: "inputs", close: () => inputs.close() },
      { name: "health", close: () => health.close() },
      { name: "metrics", close: () => metricsServer.close() },
      { name: "redis", close: () => redis.quit() },
      { name: "storage", close: () => storage.close() },
      { name: "tracing", close: flushTracing },
    ];
  },
});
