import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { Document } from "@lectura/contracts";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type Client, createClient, sample } from "./fixtures/client.ts";
import { endPlatform, startPlatform, type TestPlatform } from "./fixtures/platform.ts";

interface Span {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

interface OtlpTraces {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Omit<Span, "service">[] }[];
  }[];
}

const COLLECTOR_PORT = 18099;

const spans: Span[] = [];
let collector: Server;
let platform: TestPlatform;
let client: Client;

const collect = (traces: OtlpTraces): void => {
  for (const { resource, scopeSpans } of traces.resourceSpans) {
    const service = resource.attributes.find(({ key }) => key === "service.name")?.value.stringValue ?? "";
    spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))));
  }
};

beforeAll(async () => {
  collector = createServer((request, response) => {
    request.setEncoding("utf8");
    let body = "";
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      collect(JSON.parse(body));
      response.end("{}");
    });
  }).listen(COLLECTOR_PORT, "127.0.0.1");
  await once(collector, "listening");
  platform = await startPlatform({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${COLLECTOR_PORT}`,
      OTEL_BSP_SCHEDULE_DELAY: "200",
      LECTURA_COURIER_ALLOW: "127.0.0.1",
    },
  });
  client = createClient(platform);
});
afterAll(async () => {
  await endPlatform(platform);
  collector.close();
});

const W3C = "0af7651916cd43dd8448eb211c80319c";
const B3 = "80f198ee56343ba864fe8b2a57d3eff7";
const SPAN = "b7ad6b7169203331";

const callers: [string, Record<string, string>, string | undefined][] = [
  ["no header", {}, undefined],
  ["W3C", { traceparent: `00-${W3C}-${SPAN}-01` }, W3C],
  ["B3 single", { b3: `${B3}-${SPAN}-1` }, B3],
  ["B3 multi", { "x-b3-traceid": B3, "x-b3-spanid": SPAN, "x-b3-sampled": "1" }, B3],
  ["64-bit B3", { b3: `${B3.slice(16)}-${SPAN}-1` }, `${"0".repeat(16)}${B3.slice(16)}`],
  ["both, in conflict", { traceparent: `00-${W3C}-${SPAN}-01`, b3: `${B3}-${SPAN}-1` }, B3],
];

const nameOf = (span: Span): string => `${span.service} ${span.name}`;

/** Who called whom, as `parent → child`, by service and span name. */
const edgesOf = (traceId: string): string[] => {
  const trace = spans.filter((span) => span.traceId === traceId);
  return trace.flatMap((span) => {
    const parent = trace.find(({ spanId }) => spanId === span.parentSpanId);
    return parent ? [`${nameOf(parent)} → ${nameOf(span)}`] : [];
  });
};

test.each(callers)("one trace from the client to the engine: %s", async (_name, headers, expected) => {
  spans.length = 0;
  const { bytes } = await sample("recibo.jpg");
  const answer = await client.call("/v1/documents", {
    method: "POST",
    body: bytes,
    // A result that was found would have no engine in its trace.
    headers: { prefer: "wait=60", "cache-control": "no-cache", ...headers },
  });
  expect(answer.status).toBe(200);
  const traceId = answer.headers.get("x-trace-id") ?? "";
  if (expected) expect(traceId).toBe(expected);
  expect(await answer.json()).toMatchObject({ trace_id: traceId });
  await vi.waitFor(
    () =>
      expect(edgesOf(traceId)).toEqual(
        expect.arrayContaining([
          "gateway POST /v1/documents → gateway POST",
          "gateway POST → ocr-api POST /v1/documents",
          "ocr-api POST /v1/documents → ocr-api add ocr.inspect",
          "ocr-api add ocr.inspect → ocr-worker process ocr",
          "ocr-worker process ocr → ocr-worker inspect input",
          "ocr-worker process ocr → ocr-worker recognise page",
          "ocr-worker process ocr → ocr-worker store results",
        ]),
      ),
    { timeout: 20_000, interval: 100 },
  );
});

test("a document that is fetched and told of is one trace, and the receiver is told which", async () => {
  const { bytes } = await sample("recibo.jpg");
  const told = Promise.withResolvers<{ traceparent: string; header: unknown }>();
  const outside = createServer((request, response) => {
    if (request.method === "GET") return response.end(bytes);
    request.toArray().then((chunks) => {
      const { traceparent } = JSON.parse(Buffer.concat(chunks).toString());
      told.resolve({ traceparent, header: request.headers["traceparent"] });
      return response.end();
    }, told.reject);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void outside.close());
  await once(outside, "listening");
  const address = outside.address();
  if (typeof address !== "object" || !address) throw new Error("a listening TCP server has an address");
  const url = `http://127.0.0.1:${address.port}/recibo.jpg`;

  const answer = await client.call("/v1/documents", {
    method: "POST",
    body: JSON.stringify({ source: { url }, callback_url: url }),
    // A result that was found would have no engine in its trace.
    headers: { "content-type": "application/json", prefer: "wait=60", "cache-control": "no-cache" },
  });
  expect(answer.status).toBe(200);
  const { trace_id, input } = Document.parse(await answer.json());
  expect(input.bytes).toBe(bytes.length);
  const { traceparent, header } = await told.promise;
  expect(traceparent).toMatch(new RegExp(`^00-${trace_id}-[0-9a-f]{16}-01$`));
  expect(header).toMatch(new RegExp(`^00-${trace_id}-`));
  await vi.waitFor(
    () =>
      expect(edgesOf(trace_id)).toEqual(
        expect.arrayContaining([
          "courier fetch source → courier GET",
          "courier add ocr.inspect → ocr-worker process ocr",
          "courier deliver webhook → courier POST",
        ]),
      ),
    { timeout: 20_000, interval: 100 },
  );
});
