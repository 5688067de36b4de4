import { ProblemError } from "@lectura/contracts";
import { sendProblem } from "@lectura/http";
import { traceHeaders } from "@lectura/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import { endingWith } from "./upstream-agent.ts";

// Between two neighbours only (RFC 9110, 7.6.1); reply-from drops what Connection names.
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"];
// Said anew behind the gateway: who calls, and in the span that instrumentation puts in front of the upstream call.
const SAID_ANEW = ["expect", "x-api-key", "x-real-ip", "forwarded", ...traceHeaders];
const NOT_FORWARDED = new Set<string>([...HOP_BY_HOP, ...SAID_ANEW]);
const NOT_RETURNED = new Set([...HOP_BY_HOP, "x-request-id", "x-trace-id"]);

const without = <Value>(headers: Record<string, Value>, names: Set<string>): Record<string, Value> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name) && !name.startsWith("x-forwarded-")));

/** Why the upstream call failed, in terms of the client's: its own fault first, then the platform's. */
const explain = (error: Error): ProblemError => {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ProblemError) return cause;
  }
  return new ProblemError("dependency-unavailable", "The service behind this call does not answer just now.", {
    cause: error,
  });
};

/** One call of the client is one call upstream: streamed both ways, never repeated, over when the client has left. */
export const forward = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const left = new AbortController();
  reply.raw.once("close", () => {
    if (reply.raw.writableFinished) return;
    left.abort(new ProblemError("malformed-request", "The client left before its call was answered."));
  });
  return endingWith(left.signal, () =>
    reply.from(request.url, {
      rewriteRequestHeaders: (_request, headers) => ({
        ...without(headers, NOT_FORWARDED),
        "x-request-id": request.id,
      }),
      rewriteHeaders: (headers) => without(headers, NOT_RETURNED),
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
