import { randomBytes } from "node:crypto";
import { context, isSpanContextValid, ROOT_CONTEXT, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";

/** The running trace's id (32 hex digits), or a fresh one where nothing is traced. */
export const currentTraceId = (): string => {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? span.traceId : randomBytes(16).toString("hex");
};

/** Names the running server span after the route, so that all calls of a route group together. */
export const nameSpanAfterRoute = (method: string, route: string): void => {
  const span = trace.getActiveSpan();
  span?.updateName(`${method} ${route}`);
  span?.setAttribute("http.route", route);
};

/** Runs a stage of work as a span of its own. */
export const withSpan = async <T>(name: string, work: () => Promise<T>): Promise<T> =>
  trace.getTracer("lectura").startActiveSpan(name, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });

/** The running span as a `traceparent` (W3C Trace Context); undefined where nothing is traced. */
export const currentTraceparent = (): string | undefined => {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, "0")}`;
};

/**
 * Runs work below a span that ended elsewhere and long ago, named by its `traceparent`; or, where only the trace's id is
 * known, in that trace below nobody's.
 */
export const inTrace = async <T>(traceparent: string, work: () => Promise<T>): Promise<T> => {
  const [, traceId = traceparent, spanId = randomBytes(8).toString("hex")] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(traceparent) ?? [];
  const parent = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return context.with(trace.setSpanContext(ROOT_CONTEXT, parent), work);
};
