import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";

const fileUrl = (name: string) => new URL(name, import.meta.url).href;

const children = new Set<ChildProcess>();
const servers = new Set<Server>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  children.clear();
  servers.clear();
});

/** What a hop answers: the trace id it is in, the headers it got, and what the next one has answered. */
const Hop = z.object({
  traceId: z.string(),
  headers: z.record(z.string(), z.string()),
  get next() {
    return Hop.nullable();
  },
});

const HOP = `
  import { createServer } from "node:http";
  import { currentTraceId, flushTracing, nameSpanAfterRoute, withSpan } from "${fileUrl("index.ts")}";
  const next = process.env.NEXT;
  const server = createServer(async (request, response) => {
    nameSpanAfterRoute(request.method, "/hop/:n");
    await withSpan("some work", async () => {
      if (request.url === "/fail") throw new Error("it failed");
    }).catch(() => {});
    const answer = next ? await (await fetch(next + request.url)).json() : null;
    response.end(JSON.stringify({ traceId: currentTraceId(), headers: request.headers, next: answer }));
  });
  server.listen(0, "127.0.0.1", () => console.log("http://127.0.0.1:" + server.address().port));
  process.once("SIGTERM", async () => { await flushTracing(); process.exit(0); });
`;

/** A small service in a process of its own, started as all services are. */
const startHop = async (env: Record<string, string> = {}, imports: string[] = []) => {
  const preload = [...imports, fileUrl("register.ts")].flatMap((url) => ["--import", url]);
  const args = [...preload, "--input-type=module", "-e", HOP];
  const child = spawn(process.execPath, args, { cwd: import.meta.dirname, env, stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  const lines: string[] = [];
  const output = createInterface(child.stdout).on("line", (line) => lines.push(line));
  await once(output, "line");
  const url = lines.at(-1) ?? "";
  return {
    url,
    lines,
    get: async (path: string, headers: Record<string, string> = {}) =>
      Hop.parse(await (await fetch(url + path, { headers })).json()),
    stop: async (): Promise<unknown> => {
      const ended = once(child, "close");
      child.kill("SIGTERM");
      return (await ended)[0];
    },
  };
};

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;

describe("a trace", () => {
  test("goes through two services, in both dialects", async () => {
    const second = await startHop();
    const first = await startHop({ NEXT: second.url });
    const { traceId, next } = await first.get("/", { traceparent });
    expect(traceId).toBe(TRACE);
    expect(next?.traceId).toBe(TRACE);
    const spanId = next?.headers["x-b3-spanid"];
    expect(next?.headers).toMatchObject({
      traceparent: `00-${TRACE}-${spanId}-01`,
      "x-b3-traceid": TRACE,
      "x-b3-sampled": "1",
    });
    expect(spanId).not.toBe("b7ad6b7169203331");
  });

  test("of B3 wins over one of W3C, at this service and at the next", async () => {
    const second = await startHop();
    const first = await startHop({ NEXT: second.url });
    const b3 = "463ac35c9f6413ad48485a3953bb6124";
    const { traceId, next } = await first.get("/", { traceparent, b3: `${b3}-a2fb4a1d1a96d312-1` });
    expect([traceId, next?.traceId]).toEqual([b3, b3]);
  });

  test("is begun for every call that brings none, and is the same at the next service", async () => {
    const second = await startHop();
    const first = await startHop({ NEXT: second.url });
    const calls = [await first.get("/"), await first.get("/")];
    for (const { traceId, next } of calls) {
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(next?.traceId).toBe(traceId);
    }
    expect(calls[0]?.traceId).not.toBe(calls[1]?.traceId);
  });

  test("that is not to be sampled keeps its id", async () => {
    const second = await startHop();
    const first = await startHop({ NEXT: second.url });
    const { traceId, next } = await first.get("/", { traceparent: traceparent.replace(/01$/, "00") });
    expect([traceId, next?.traceId]).toEqual([TRACE, TRACE]);
    expect(next?.headers["traceparent"]).toMatch(/-00$/);
  });
});

const Attribute = z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) });
const Span = z.object({
  traceId: z.string(),
  name: z.string(),
  parentSpanId: z.string().optional(),
  spanId: z.string(),
  status: z.object({ code: z.int().optional() }),
});
const Export = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(Attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
});

/** An OTLP collector that keeps what it gets, and answers with `status`. */
const startCollector = async (status = 200) => {
  const spans: z.infer<typeof Span>[] = [];
  const bodies: unknown[] = [];
  const services = new Set<string | undefined>();
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await json(request);
    bodies.push(body);
    for (const { resource, scopeSpans } of Export.parse(body).resourceSpans) {
      services.add(resource.attributes.find(({ key }) => key === "service.name")?.value.stringValue);
      spans.push(...scopeSpans.flatMap((scope) => scope.spans));
    }
    response.writeHead(request.url === "/v1/traces" ? status : 404, { "content-type": "application/json" }).end("{}");
  };
  const server = createServer((request, response) => void receive(request, response));
  servers.add(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { spans, services, bodies, url: `http://127.0.0.1:${port}` };
};

const [UNSET, ERROR] = [0, 2];

describe("spans", () => {
  test("are sent to the collector, the last ones when the service stops", async () => {
    const collector = await startCollector();
    const hop = await startHop({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: "tiny" });
    await hop.get("/", { traceparent });
    await hop.get("/fail", { traceparent });
    expect(await hop.stop()).toBe(0);
    expect([...collector.services]).toEqual(["tiny"]);
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    const [work, failed] = collector.spans.filter(({ name }) => name === "some work");
    const [call, ...others] = collector.spans.filter(({ name }) => name === "GET /hop/:n");
    expect(others).toHaveLength(1);
    expect(call?.parentSpanId).toBe("b7ad6b7169203331");
    expect(work?.parentSpanId).toBe(call?.spanId);
    expect([work?.status.code, failed?.status.code]).toEqual([UNSET, ERROR]);
  });

  test("of a call that must not be sampled, and of probes, are not sent", async () => {
    const collector = await startCollector();
    const hop = await startHop({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    for (const path of ["/startupz", "/livez", "/readyz", "/version", "/metrics"]) await fetch(hop.url + path);
    await hop.get("/", { traceparent: traceparent.replace(/01$/, "00") });
    expect(await hop.stop()).toBe(0);
    expect(collector.spans.map(({ name }) => name)).not.toContain("GET /hop/:n");
  });

  test("hold no query of a URL, neither of the call nor of the one it makes", async () => {
    const collector = await startCollector();
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const second = await startHop(environment);
    const first = await startHop({ ...environment, NEXT: second.url });
    await first.get("/v1?password=secreto", { traceparent });
    for (const hop of [first, second]) expect(await hop.stop()).toBe(0);
    expect(collector.spans.filter(({ name }) => name.startsWith("GET"))).toHaveLength(3);
    expect(JSON.stringify(collector.bodies)).toContain("/v1");
    expect(JSON.stringify(collector.bodies)).not.toContain("secreto");
  });

  test("go nowhere unless an endpoint is configured", async () => {
    const tellConnections = `data:text/javascript,${encodeURIComponent(
      `import { Socket } from "node:net";
       const { connect } = Socket.prototype;
       Socket.prototype.connect = function (...args) { console.log("connects"); return connect.apply(this, args); };`,
    )}`;
    const hop = await startHop({}, [tellConnections]);
    await hop.get("/", { traceparent });
    expect(await hop.stop()).toBe(0);
    expect(hop.lines).toEqual([hop.url]);
    const exporting = await startHop({ OTEL_EXPORTER_OTLP_ENDPOINT: (await startCollector()).url }, [tellConnections]);
    await exporting.get("/", { traceparent });
    await exporting.stop();
    expect(exporting.lines).toContain("connects");
  });

  test("that nobody takes do not make the service's end unclean", async () => {
    const overloaded = await startCollector(503);
    const hop = await startHop({ OTEL_EXPORTER_OTLP_ENDPOINT: overloaded.url });
    await hop.get("/", { traceparent });
    expect(await hop.stop()).toBe(0);
    expect(overloaded.spans).not.toEqual([]);
  });
});
