import type { Dependency, Logger } from "@lectura/runtime";
import type { Registry } from "@lectura/telemetry";
import { fastify, type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { endConnectionsOnClose } from "./close-app.ts";
import { serveHealthRoutes } from "./health.ts";
import { observeRequests } from "./observe.ts";
import { renderProblems } from "./problems.ts";
import { requestId, sendRequestIds } from "./request-ids.ts";
import { answerBadUrl, answerClientError } from "./unrouted.ts";

/** The Fastify app that every service starts from: ids, problems, health, metrics. Routes come from the service. */
export const createApp = (options: {
  service: string;
  log: Logger;
  metrics: Registry;
  dependencies: Dependency[];
  /** Proxies (addresses, networks) whose `X-Forwarded-*` is believed. */
  trustedProxies?: string[];
}): FastifyInstance => {
  // Widened, so that every app has the same type whatever logger it was given.
  const loggerInstance: FastifyBaseLogger = options.log;
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request_id" }),
    genReqId: requestId,
    trustProxy: options.trustedProxies ?? false,
    // Longer than any proxy keeps an idle connection, or it would be cut while a request is on its way.
    keepAliveTimeout: 75_000,
    forceCloseConnections: "idle",
    // A call that reaches a service while it stops is one of those that it still has to answer.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: answerBadUrl,
    clientErrorHandler: answerClientError,
  });
  endConnectionsOnClose(app);
  renderProblems(app);
  sendRequestIds(app);
  observeRequests(app, options.metrics);
  serveHealthRoutes(app, options.service, options.dependencies);
  return app;
};
