// Loaded by `node --import @lectura/telemetry/register` ahead of everything else.
import { version } from "./version.ts";
import { startTracing } from "./tracing.ts";
import { processTracing } from "./process-tracing.ts";

processTracing.close = (
  await startTracing({
    service: process.env["OTEL_SERVICE_NAME"] ?? "lectura",
    version,
    endpoint: process.env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ?? process.env["OTEL_EXPORTER_OTLP_ENDPOINT"],
  })
).close;
