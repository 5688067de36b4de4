import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

export const Service = z.enum(["gateway", "auth", "ocr-api", "ocr-worker", "courier", "redis"]);
export type Service = z.infer<typeof Service>;
const Caller = z.enum([...Service.options, "edge", "node"]);
export type Caller = z.infer<typeof Caller>;

const Port = z.number().int().min(1).max(65_535);
const PortAndProtocol = z
  .stringFormat("port", /^\d+\/(?:TCP|UDP)$/)
  .transform((text) => ({ port: Number.parseInt(text, 10), protocol: text.slice(-3) }));
export type PortAndProtocol = z.infer<typeof PortAndProtocol>;
/** `443/TCP`, or `1024-65535/TCP`. */
const PortRange = z.stringFormat("ports", /^\d+(?:-\d+)?\/(?:TCP|UDP)$/).transform((text) => {
  const [port, endPort] = text.split("/", 1)[0]?.split("-").map(Number) ?? [];
  return { port: port ?? 0, ...(endPort === undefined ? {} : { endPort }), protocol: text.slice(-3) };
});

/** `GET /v1/documents/:id: safe` and its like, in the order in which they are written. */
const Routes = z
  .record(z.stringFormat("route", /^(?:GET|POST|PATCH|DELETE) \/\S*$/), z.enum(["safe", "once"]))
  .transform((routes) =>
    Object.entries(routes).map(([route, repeat]) => {
      const [method = "", path = ""] = route.split(" ");
      return { method, path, repeat };
    }),
  );
export type Route = z.infer<typeof Routes>[number];

const Call = z.strictObject({
  from: z.array(Caller),
  to: z.array(Service),
  forwarded: z.literal(true).optional(),
  unlisted: z.literal("refused-by-callee").optional(),
  repeats: z.enum(["mesh", "caller"]).default("mesh"),
  token: z.literal("required").optional(),
  /** Seconds, or as long as the reader takes. */
  answer: z
    .union([
      z.stringFormat("seconds", /^\d+s$/).transform((text) => Number.parseInt(text, 10)),
      z.literal("stream").transform(() => Infinity),
    ])
    .default(Infinity),
  routes: Routes.default([]),
});
export type Call = z.infer<typeof Call>;

const Elsewhere = z.strictObject({
  from: z.union([z.enum(["pods", "proxies"]), z.array(Service)]),
  namespace: z.string(),
  ports: z.array(PortAndProtocol),
});

const CallGraph = z.strictObject({
  services: z.record(
    Service,
    z.strictObject({ port: Port, metrics: Port.optional(), protocol: z.enum(["http", "tcp"]) }),
  ),
  calls: z.array(Call),
  edge: z.strictObject({
    gateway: z.string(),
    pods: z.record(z.string(), z.string()),
    serviceAccount: z.string(),
    port: Port,
  }),
  infrastructure: z.strictObject({ dns: Elsewhere, istiod: Elsewhere, zipkin: Elsewhere, otlp: Elsewhere }),
  metrics: z.strictObject({ from: z.string(), port: Port }),
  internet: z.strictObject({ from: z.array(Service), ports: z.array(PortRange) }),
  outside: z.record(
    z.string(),
    z.strictObject({
      from: z.array(Service),
      addresses: z.enum(["public", "private"]),
      ports: z.array(PortAndProtocol),
      host: z.string(),
    }),
  ),
});
/** `mesh/callgraph.yaml`, where each of these is explained. */
export type CallGraph = z.infer<typeof CallGraph>;

/** @throws ZodError when the text is no call graph */
export const parseCallGraph = (yaml: string): CallGraph => CallGraph.parse(parse(yaml));

export const readCallGraph = (): CallGraph =>
  parseCallGraph(readFileSync(join(import.meta.dirname, "../callgraph.yaml"), "utf8"));
