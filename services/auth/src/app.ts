import { createApp, verifyTokens } from "@lectura/http";
import type { Logger } from "@lectura/runtime";
import type { Registry } from "@lectura/telemetry";
import type { FastifyInstance } from "fastify";
import type { Redis } from "ioredis";
import { type ApiKeyStore } from "./accounts/api-key-store.ts";
import { createApiKeys } from "./api-keys/api-keys.ts";
import { apiKeyRoutes } from "./api-keys/routes.ts";
import type { AuthConfig } from "./config.ts";
import { createTokenIssuer } from "./oauth/access-token.ts";
import { createClientCredentials } from "./oauth/client-credentials.ts";
import { oauthRoutes } from "./oauth/routes.ts";
import type { SigningKey } from "./signing/signing-key.ts";
import { wellKnownRoutes } from "./well-known/routes.ts";

/** auth's HTTP face: tokens, their keys, and API keys. */
export const createAuthApp = async (options: {
  log: Logger;
  metrics: Registry;
  redis: Redis;
  apiKeys: ApiKeyStore;
  key: SigningKey;
  issuer: string;
  release: AuthConfig["LECTURA_RELEASE"];
}): Promise<FastifyInstance> => {
  const { log, metrics, redis, apiKeys, key, issuer, release } = options;
  const app = createApp({
    service: "auth",
    log,
    metrics,
    dependencies: [{ name: "redis", check: () => redis.ping() }],
  });
  // Clients and tests can tell by it which side of a canary has answered, whatever it answered.
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("x-lectura-version", release);
  });
  await verifyTokens(app, { issuer, keys: async () => key.publicPem });
  await oauthRoutes(app, createClientCredentials({ apiKeys, issue: createTokenIssuer({ key, issuer }) }));
  wellKnownRoutes(app, { key, issuer });
  apiKeyRoutes(app, createApiKeys({ store: apiKeys }));
  return app;
};
