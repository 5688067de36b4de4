import type { OidcIssuer } from "@lectura/contracts";
import {
  type BucketSize,
  createApp,
  createKeySource,
  createTokenBuckets,
  externalIssuer,
  fetchRepeated,
  ownIssuer,
  verifyTokens,
} from "@lectura/http";
import type { Dependency, Logger } from "@lectura/runtime";
import type { Registry } from "@lectura/telemetry";
import type { FastifyInstance } from "fastify";
import { createAuthMetrics } from "./auth-metrics.ts";
import { createKeyExchange } from "./credentials/exchange.ts";
import { serveProblemPages } from "./docs/problem-pages.ts";
import { serveDocs } from "./docs/routes.ts";
import { allowOrigins } from "./browsers/allow-origins.ts";
import { sendSecurityHeaders } from "./browsers/security-headers.ts";
import { createLimitCalls } from "./limits/limit-calls.ts";
import { createLimitUploads } from "./limits/limit-uploads.ts";
import { createShares } from "./limits/shares.ts";
import type { Pace } from "./proxy/body-limit.ts";
import { proxyRoutes } from "./proxy/routes.ts";

const alive = (name: string, ask: () => Promise<Response>): Dependency => ({
  name,
  check: async () => {
    const answer = await ask();
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
  oidcIssuers: OidcIssuer[];
  maxFileBytes: number;
  slowestBody?: Pace;
  redis: Parameters<typeof createTokenBuckets>[0]["redis"];
  /** Keeps platforms (and tests) apart that share a Redis. */
  prefix?: string;
  share: BucketSize;
  /** Uploads of a tenant at once; 0: any number. */
  mostUploads: number;
  trustedProxies: string[];
  corsOrigins: string[];
}): Promise<FastifyInstance> => {
  const { log, metrics, authUrl, ocrApiUrl } = options;
  const authMetrics = createAuthMetrics(metrics);
  const app = createApp({
    service: "gateway",
    trustedProxies: options.trustedProxies,
    log,
    metrics,
    dependencies: [
      // A faulty canary of auth is no reason for the gateway to take no calls.
      alive("auth", async () => fetchRepeated(`${authUrl}/livez`, {}, () => authMetrics.repeated("health"))),
      alive("ocr-api", async () => fetch(`${ocrApiUrl}/livez`, { signal: AbortSignal.timeout(2000) })),
    ],
  });
  const keys = createKeySource({ url: new URL("/.well-known/jwks.json", authUrl), log });
  verifyTokens(app, {
    issuers: [
      ownIssuer({ issuer: options.publicUrl, keys }),
      ...options.oidcIssuers.map((each) => externalIssuer(each, log)),
    ],
  });
  sendSecurityHeaders(app, { publicUrl: options.publicUrl });
  await allowOrigins(app, options.corsOrigins);
  await serveDocs(app);
  serveProblemPages(app);
  const shares = { buckets: createTokenBuckets(options), size: options.share, log };
  await proxyRoutes(app, {
    limit: createLimitCalls({ tenants: createShares(shares), addresses: createShares(shares) }),
    upstreams: { auth: authUrl, "ocr-api": ocrApiUrl },
    exchange: createKeyExchange({ authUrl, log, metrics: authMetrics }),
    limitUploads: createLimitUploads(options.mostUploads),
    authMetrics,
    maxFileBytes: options.maxFileBytes,
    ...(options.slowestBody && { slowestBody: options.slowestBody }),
  });
  return app;
};
