import replyFrom from "@fastify/reply-from";
import { api, type Route } from "@lectura/contracts";
import type { FastifyInstance, onRequestAsyncHookHandler } from "fastify";
import type { AuthMetrics } from "../auth-metrics.ts";
import { authenticate } from "../credentials/authenticate.ts";
import type { KeyExchange } from "../credentials/exchange.ts";
import type { LimitCalls } from "../limits/limit-calls.ts";
import { countBody, type Pace, refuseDeclaredLength } from "./body-limit.ts";
import { holdBackContinue } from "./expect-continue.ts";
import { forward } from "./forward.ts";
import { createUpstreamAgent } from "./upstream-agent.ts";

/**
 * So long a service may take to begin its answer, and to go on with it. auth gives up on Redis after 5 s; ocr-api lets
 * a call with `Prefer: wait` stand for 60 s.
 */
const ANSWER_MS = { auth: 10_000, "ocr-api": 75_000 };
/** Anything but a document is small. */
const SMALL_BODY = 1_000_000;

const proxyRoute = (
  app: FastifyInstance,
  route: Route,
  doorkeeper: { exchange: KeyExchange; limit: LimitCalls; limitUploads: onRequestAsyncHookHandler },
  maxFileBytes: number,
): void => {
  const isUpload = route === api.createDocument;
  const maxBytes = isUpload ? maxFileBytes : SMALL_BODY;
  app.route({
    method: route.method,
    url: route.path,
    config: { maxBytes, owner: route.owner },
    onRequest: [
      authenticate(route.access, doorkeeper),
      refuseDeclaredLength,
      ...(isUpload ? [doorkeeper.limitUploads] : []),
    ],
    handler: forward,
  });
};

/** Every route of the API, each to its owner. */
export const proxyRoutes = async (
  app: FastifyInstance,
  options: {
    upstreams: Record<Route["owner"], string>;
    exchange: KeyExchange;
    limit: LimitCalls;
    limitUploads: onRequestAsyncHookHandler;
    authMetrics: AuthMetrics;
    maxFileBytes: number;
    slowestBody?: Pace;
  },
): Promise<void> => {
  const sendContinue = holdBackContinue(app);
  for (const owner of ["auth", "ocr-api"] as const) {
    await app.register(async (scope) => {
      await scope.register(replyFrom, {
        base: options.upstreams[owner],
        disableRequestLogging: true,
        destroyAgent: true,
        undici: createUpstreamAgent({
          answerMs: ANSWER_MS[owner],
          onRepeat: () => options.authMetrics.repeated("proxied"),
        }),
      });
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser("*", (request, payload, done) => {
        sendContinue(request);
        done(null, countBody(request, payload, options.slowestBody));
      });
      for (const route of Object.values<Route>(api).filter((each) => each.owner === owner)) {
        proxyRoute(scope, route, options, options.maxFileBytes);
      }
    });
  }
};
