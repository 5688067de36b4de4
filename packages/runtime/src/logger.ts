import { isSpanContextValid, trace } from "@opentelemetry/api";
import { pino, type Logger } from "pino";

export type { Logger } from "pino";

const traceFields = (): object => {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
};

/** JSON lines on stdout: events with fields, each with the running trace's ids. */
export const createLogger = ({ service, level }: { service: string; level: string }): Logger =>
  pino(
    {
      level,
      base: { service },
      messageKey: "message",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: traceFields,
    },
    // Written at once: the last line before a crash is the one that matters, and at exit lines would change places.
    pino.destination({ dest: 1, sync: true }),
  );
