import { closeApp } from "@lectura/http";
import { configured, createLogger, parseEnvironment, redisOptions, runService } from "@lectura/runtime";
import { createMetrics, flushTracing, serveMetrics } from "@lectura/telemetry";
import { Redis } from "ioredis";
import { createApiKeyStore } from "./accounts/api-key-store.ts";
import { createTenants } from "./accounts/tenants.ts";
import { createAuthApp } from "./app.ts";
import { AuthConfig } from "./config.ts";
import { openKeyRing } from "./signing/key-ring.ts";
import { createUserStore } from "./users/user-store.ts";

const config = configured(() => parseEnvironment(AuthConfig, process.env));
const log = createLogger({ service: "auth", level: config.LOG_LEVEL });

await runService({
  log,
  grace: 25_000,
  start: async () => {
    const redis = new Redis(config.REDIS_URL, { ...redisOptions, commandTimeout: 5000 });
    redis.on("error", (err) => log.warn({ err }, "redis"));
    const apiKeys = createApiKeyStore({ redis });
    const limited = config.LECTURA_FIRST_TENANT_LIMITS === "on";
    const tenants = createTenants({ redis, apiKeys });
    if (config.LECTURA_FIRST_API_KEY) await tenants.addFirst(config.LECTURA_FIRST_API_KEY, { limited });
    const secret = config.LECTURA_KEY_SECRET;
    const ring = await openKeyRing({ redis, secret, log });

    const metrics = createMetrics("auth");
    const app = await createAuthApp({
      log,
      metrics,
      redis,
      apiKeys,
      users: createUserStore({ redis }),
      ring,
      secret,
      issuer: config.LECTURA_PUBLIC_URL,
      oidcIssuers: config.LECTURA_OIDC_ISSUERS,
      release: config.LECTURA_RELEASE,
    });
    const metricsServer = await serveMetrics(metrics, { host: config.HOST, port: config.PORT });
    await app.listen({ host: config.HOST, port: config.PORT });
    return [
      { name: "http", close: () => closeApp(app) },
      { name: "metrics", close: () => metricsServer.close() },
      { name: "redis", close: () => redis.quit() },
      { name: "tracing", close: flushTracing },
    ];
  },
});
