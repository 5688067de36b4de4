import { ProblemError, type Route } from "@lectura/contracts";
import { CANARY_PIN, sendProblem } from "@lectura/http";
import { traceHeaders } from "@lectura/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import { onTerms } from "./upstream-agent.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The service behind the route. */
    owner?: Route["owner"];
  }
}

// Between two neighbours only (RFC 9110, 7.6.1); reply-from drops what Connection names.
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"];
// Said anew behind the gateway: who calls, and in the span that instrumentation puts in front of the upstream call.
const SAID_ANEW = ["expect", "x-api-key", "x-real-ip", "forwarded", CANARY_PIN, ...traceHeaders];
const NOT_FORWARDED = new Set<string>([...HOP_BY_HOP, ...SAID_ANEW]);
// What proxies tell each other: from a client, `x-envoy-retry-on` would have our own proxy repeat an upload.
const OF_PROXIES = /^x-(forwarded|envoy)-/;
const NOT_RETURNED = new Set([...HOP_BY_HOP, "x-request-id", "x-trace-id"]);

const without = <Value>(headers: Record<string, Value>, isLeftOut: (name: string) => boolean): Record<string, Value> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !isLeftOut(name)));

/** Why the upstream call failed, in terms of the client's: its own fault first, then the platform's. */
const explain = (error: Error): ProblemError => {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ProblemError) return cause;
  }
  return new ProblemError("dependency-unavailable", "The service behind this call does not answer just now.", {
    cause: error,
  });
};

/** The release of auth that the client wants to be answered by. No other service has a canary. */
const pinOf = ({ headers, routeOptions }: FastifyRequest): { [CANARY_PIN]?: "always" | "never" } => {
  const pin = headers[CANARY_PIN];
  return routeOptions.config.owner === "auth" && (pin === "always" || pin === "never") ? { [CANARY_PIN]: pin } : {};
};

/** Reads at auth may meet a faulty canary, unless the client asked for it. */
const isRepeatable = ({ method, routeOptions }: FastifyRequest, pin: string | undefined): boolean =>
  routeOptions.config.owner === "auth" && (method === "GET" || method === "HEAD") && pin !== "always";

/** Whether an id of the path would lead elsewhere once it is part of a URL: no id has a point or a slash. */
const leadsElsewhere = ({ params }: FastifyRequest): boolean =>
  Object.values<unknown>(Object(params)).some((id) => /[./\\]/.test(String(id)));

/**
 * One call of the client is one call upstream, streamed both ways and over when the client has left; only a read at auth
 * is repeated, once, when it fails.
 */
export const forward = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  if (leadsElsewhere(request)) throw new ProblemError("not-found", "There is no such id.");
  const left = new AbortController();
  reply.raw.once("close", () => {
    if (reply.raw.writableFinished) return;
    left.abort(new ProblemError("malformed-request", "The client left before its call was answered."));
  });
  const pin = pinOf(request);
  return onTerms({ signal: left.signal, repeatable: isRepeatable(request, pin[CANARY_PIN]) }, () =>
    // Without a source it takes the path, and hands the query on unread: read, `%ff` would be a fault, `../` forbidden.
    reply.from(undefined, {
      rewriteRequestHeaders: (_request, headers) => ({
        ...without(headers, (name) => NOT_FORWARDED.has(name) || OF_PROXIES.test(name)),
        ...pin,
        "x-forwarded-for": request.ip,
        "x-request-id": request.id,
      }),
      rewriteHeaders: (headers) => without(headers, (name) => NOT_RETURNED.has(name)),
      // Left to itself it repeats a GET ten times on 503.
      retryDelay: () => null,
      onError: (_reply, { error }) => {
        // Nobody reads the rest of the body: left open, the connection would stand still until it times out.
        if (!request.raw.complete) reply.header("connection", "close");
        sendProblem(explain(error), request, reply);
      },
    }),
  );
};
