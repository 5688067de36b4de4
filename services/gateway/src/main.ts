import { closeApp } from "@lectura/http";
import { configured, createLogger, parseEnvironment, redisOptions, runService } from "@lectura/runtime";
import { createMetrics, flushTracing, serveMetrics } from "@lectura/telemetry";
import { Redis } from "ioredis";
import { createGatewayApp } from "./app.ts";
import { GatewayConfig } from "./config.ts";

const config = configured(() => parseEnvironment(GatewayConfig, process.env));
const log = createLogger({ service: "gateway", level: config.LOG_LEVEL });

await runService({
  log,
  grace: 25_000,
  start: async () => {
    // Counting calls must not hold them up: without Redis they pass uncounted.
    const redis = new Redis(config.REDIS_URL, { ...redisOptions, commandTimeout: 500, enableOfflineQueue: false });
    redis.on("error", (err) => log.warn({ err }, "redis"));
    const metrics = createMetrics("gateway");
    const app = await createGatewayApp({
      log,
      metrics,
      authUrl: config.LECTURA_AUTH_URL,
      ocrApiUrl: config.LECTURA_OCR_API_URL,
      publicUrl: config.LECTURA_PUBLIC_URL,
      oidcIssuers: config.LECTURA_OIDC_ISSUERS,
      maxFileBytes: config.LECTURA_MAX_FILE_BYTES,
      redis,
      share: { perSecond: config.LECTURA_REQUESTS_PER_SECOND, burst: config.LECTURA_REQUEST_BURST },
      mostUploads: config.LECTURA_MAX_UPLOADS,
      corsOrigins: config.LECTURA_CORS_ORIGINS,
      trustedProxies: config.LECTURA_TRUSTED_PROXIES,
    });
    const metricsServer = await serveMetrics(metrics, { host: config.HOST, port: config.PORT });
    await app.listen({ host: config.HOST, port: config.PORT });
    return [
      { name: "http", close: () => closeApp(app) },
      { name: "metrics", close: () => metricsServer.close() },
      { name: "redis", close: async () => redis.disconnect() },
      { name: "tracing", close: flushTracing },
    ];
  },
});
