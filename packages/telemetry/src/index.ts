export * from "./metrics.ts";
export { flushTracing } from "./process-tracing.ts";
export * from "./trace-id.ts";
export { createPropagator, startTracing, traceHeaders } from "./tracing.ts";
export { version } from "./version.ts";
