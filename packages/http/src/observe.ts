import { Histogram, nameSpanAfterRoute, type Registry } from "@lectura/telemetry";
import type { FastifyInstance } from "fastify";

const QUIET = new Set(["/startupz", "/livez", "/readyz", "/version"]);

/** Measures and logs every answer by its route, never by its URL: query strings and ids stay out of labels. */
export const observeRequests = (app: FastifyInstance, metrics: Registry): void => {
  const duration = new Histogram({
    name: "http_server_request_duration_seconds",
    help: "time from the request's first byte to the end of its answer",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [metrics],
  });
  app.addHook("onRequest", async (request) => {
    if (request.routeOptions.url) nameSpanAfterRoute(request.method, request.routeOptions.url);
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unknown";
    const { method } = request;
    duration.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    if (QUIET.has(route)) return;
    request.log.info({ method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, "answered");
  });
};
