import { ProblemError } from "@lectura/contracts";
import { sendProblem } from "@lectura/http";
import { traceHeaders } from "@lectura/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";

// Between client and gateway only (RFC 9110, 7.6.1), or said anew behind it.
const NOT_FORWARDED = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "x-api-key",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "forwarded",
  // The client's trace goes on in the span that instrumentation puts in front of the upstream call.
  ...traceHeaders,
]);
const NOT_RETURNED = new Set(["connection", "keep-alive", "x-request-id", "x-trace-id"]);

const without = <Value>(headers: Record<string, Value>, names: Set<string>): Record<string, Value> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name)));

/** Why the upstream call failed, in terms of the client's: its own fault first, then the platform's. */
const explain = (error: Error): ProblemError => {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ProblemError) return cause;
  }
  return new ProblemError("dependency-unavailable", "The service behind this call does not answer just now.", {
    cause: error,
  });
};

/** One call of the client is one call upstream: streamed both ways, never repeated. */
export const forward = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.from(request.url, {
    rewriteRequestHeaders: (_request, headers) => ({ ...without(headers, NOT_FORWARDED), "x-request-id": request.id }),
    rewriteHeaders: (headers) => without(headers, NOT_RETURNED),
    // Left to itself it repeats a GET ten times on 503.
    retryDelay: () => null,
    onError: (_reply, { error }) => {
      sendProblem(explain(error), request, reply);
    },
  });
