import { createApp, createKeySource, verifyTokens } from "@lectura/http";
import type { Dependency, Logger } from "@lectura/runtime";
import type { Registry } from "@lectura/telemetry";
import type { FastifyInstance } from "fastify";
import { createKeyExchange } from "./credentials/exchange.ts";
import { serveProblemPages } from "./docs/problem-pages.ts";
import { serveDocs } from "./docs/routes.ts";
import { proxyRoutes } from "./proxy/routes.ts";

const alive = (name: string, url: string): Dependency => ({
  name,
  check: async () => {
    const answer = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`${name} answered ${answer.status}`);
  },
});

/** The only door: it knows who calls and whether they may, and streams the rest to the owner of the route. */
export const createGatewayApp = async (options: {
  log: Logger;
  metrics: Registry;
  authUrl: string;
  ocrApiUrl: string;
  publicUrl: string;
  maxFileBytes: number;
}): Promise<FastifyInstance> => {
  const { log, metrics, authUrl, ocrApiUrl } = options;
  const app = createApp({
    service: "gateway",
    log,
    metrics,
    dependencies: [alive("auth", authUrl), alive("ocr-api", ocrApiUrl)],
  });
  const keys = createKeySource({ url: new URL("/.well-known/jwks.json", authUrl), log });
  await verifyTokens(app, { issuer: options.publicUrl, keys });
  await serveDocs(app);
  serveProblemPages(app);
  await proxyRoutes(app, {
    upstreams: { auth: authUrl, "ocr-api": ocrApiUrl },
    exchange: createKeyExchange({ authUrl, log }),
    maxFileBytes: options.maxFileBytes,
  });
  return app;
};
