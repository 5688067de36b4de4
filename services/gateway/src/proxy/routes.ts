import replyFrom from "@fastify/reply-from";
import { api, type Route } from "@lectura/contracts";
import type { FastifyInstance } from "fastify";
import { authenticate } from "../credentials/authenticate.ts";
import type { KeyExchange } from "../credentials/exchange.ts";
import { countBody, refuseDeclaredLength } from "./body-limit.ts";
import { holdBackContinue } from "./expect-continue.ts";
import { forward } from "./forward.ts";
import { createUpstreamAgent } from "./upstream-agent.ts";

/** Anything but a document is small. */
const SMALL_BODY = 1_000_000;

const proxyRoute = (app: FastifyInstance, route: Route, exchange: KeyExchange, maxBytes: number): void => {
  app.route({
    method: route.method,
    url: route.path,
    config: { maxBytes },
    onRequest: [authenticate(route.access, exchange), refuseDeclaredLength],
    handler: forward,
  });
};

/** Every route of the API, each to its owner. */
export const proxyRoutes = async (
  app: FastifyInstance,
  options: { upstreams: Record<Route["owner"], string>; exchange: KeyExchange; maxFileBytes: number },
): Promise<void> => {
  const sendContinue = holdBackContinue(app);
  for (const [owner, base] of Object.entries(options.upstreams)) {
    await app.register(async (scope) => {
      await scope.register(replyFrom, {
        base,
        disableRequestLogging: true,
        destroyAgent: true,
        undici: createUpstreamAgent(),
      });
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser("*", (request, payload, done) => {
        sendContinue(request);
        done(null, countBody(request, payload));
      });
      for (const route of Object.values<Route>(api).filter((each) => each.owner === owner)) {
        const maxBytes = route.path === api.createDocument.path ? options.maxFileBytes : SMALL_BODY;
        proxyRoute(scope, route, options.exchange, maxBytes);
      }
    });
  }
};
