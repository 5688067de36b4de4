import { type Attributes, context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { B3InjectEncoding, B3Propagator } from "@opentelemetry/propagator-b3";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

/** The headers that carry a trace, in both dialects. */
export const traceHeaders = [
  "traceparent",
  "tracestate",
  "b3",
  "x-b3-traceid",
  "x-b3-spanid",
  "x-b3-parentspanid",
  "x-b3-sampled",
  "x-b3-flags",
] as const;

// Kubernetes asks these every few seconds and Prometheus scrapes; a trace of each would bury the real ones.
const UNTRACED = new Set(["/startupz", "/livez", "/readyz", "/version", "/metrics"]);

/** Both dialects out; when both come in and disagree, B3 wins because the last propagator has the last word. */
export const createPropagator = (): CompositePropagator =>
  new CompositePropagator({
    propagators: [
      new W3CTraceContextPropagator(),
      new W3CBaggagePropagator(),
      new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
    ],
  });

/** So long an export may take, repetitions included: at the end of a service they are part of its grace time. */
const EXPORT_MS = 3000;

const createExporter = async (endpoint: string | undefined): Promise<SpanProcessor[]> => {
  if (!endpoint) return [];
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  return [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ timeoutMillis: EXPORT_MS }) })];
};

/** What a span says of a URL: a query may hold a password or somebody's reference, and is nobody's to keep. */
const withoutQuery = (url: string, ...attributes: string[]): Attributes => {
  const [plain = ""] = url.split("?", 1);
  return { "url.query": "", ...Object.fromEntries(attributes.map((attribute) => [attribute, plain])) };
};

/**
 * Starts tracing for this process: trace ids and propagation always, export only to a configured OTLP endpoint.
 * Has to run before `node:http` is first loaded by anybody else, hence by `--import`.
 */
export const startTracing = async (options: {
  service: string;
  version: string;
  endpoint: string | undefined;
}): Promise<{ close(): Promise<void> }> => {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": options.service, "service.version": options.version }),
    spanProcessors: await createExporter(options.endpoint),
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(createPropagator());
  registerInstrumentations({
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url }) => UNTRACED.has(url ?? ""),
        // Only fetch and undici go out from our services; the S3 client would trace every object otherwise.
        ignoreOutgoingRequestHook: () => true,
        startIncomingSpanHook: ({ url = "" }) => withoutQuery(url, "http.target", "http.url"),
      }),
      new UndiciInstrumentation({
        startSpanHook: ({ origin, path }) => withoutQuery(origin + path, "url.full"),
      }),
    ],
  });
  // A collector that is away costs the last spans, not a clean end.
  return { close: () => provider.shutdown().catch(() => {}) };
};
