import { type CallGraph, type Edge, edgesOf, Service } from "@lectura/mesh";
import type { Manifest } from "../render.ts";
import { allOf, DestinationRule, type HttpRule, matches, Sidecar, VirtualService, workloadsOf } from "./kinds.ts";

/** Conditions under which the callee has seen nothing of a call. */
const NEVER_ARRIVED = new Set(["connect-failure", "refused-stream", "reset-before-request"]);
/** Istio's own when a rule says nothing: what it adds to the above are gRPC's. */
const DEFAULT_RETRIES = { attempts: 2, retryOn: "connect-failure,refused-stream" };

/** So much longer than the callee's own limit a timeout may be, and no longer. */
const ROOM_S = 15;

type StringMatch = { exact?: string | undefined; prefix?: string | undefined; regex?: string | undefined };

const holds = ({ exact, prefix, regex }: StringMatch, value: string): boolean => {
  if (exact !== undefined) return value === exact;
  if (prefix !== undefined) return value.startsWith(prefix);
  return new RegExp(`^(?:${regex})$`).test(value);
};

/** Every rule that a call by this method and path can meet: up to the first that takes it whatever its headers. */
const rulesFor = ({ spec }: VirtualService, method: string, path: string): HttpRule[] => {
  const uri = path.replaceAll(/:\w+/g, "x1");
  const met: HttpRule[] = [];
  for (const rule of spec.http) {
    const fitting = (rule.match ?? [{ headers: undefined }]).filter(
      (match) => (!match.method || holds(match.method, method)) && (!match.uri || holds(match.uri, uri)),
    );
    if (fitting.length > 0) met.push(rule);
    if (fitting.some(({ headers }) => !headers)) break;
  }
  return met;
};

const nameOf = ({ from, to, route }: Edge): string => `${from} → ${to} ${route?.method} ${route?.path}`;

const timeoutFaults = (where: string, rule: HttpRule, edges: Edge[]): string[] => {
  const seconds = rule.timeout === undefined ? Infinity : Number.parseFloat(rule.timeout);
  const longest = Math.max(...edges.map(({ call }) => call.answer));
  const cut = edges.filter(({ call }) => seconds < Infinity && seconds <= call.answer);
  return [
    ...cut.map((edge) => `${nameOf(edge)} ends after ${seconds} s and may take ${edge.call.answer} s`),
    ...(seconds > longest + ROOM_S ? [`${where}: waits ${seconds} s for what takes ${longest} s`] : []),
  ];
};

const retryFaults = (rule: HttpRule, edges: Edge[]): string[] => {
  const { attempts, retryOn = DEFAULT_RETRIES.retryOn } = rule.retries ?? DEFAULT_RETRIES;
  if (attempts === 0) return [];
  const risky = retryOn.split(",").filter((condition) => !NEVER_ARRIVED.has(condition));
  return edges.flatMap((edge) => {
    if (edge.call.repeats === "caller") return [`${nameOf(edge)} is repeated by its caller and by the mesh, too`];
    if (edge.route?.repeat === "safe" || risky.length === 0) return [];
    return [`${nameOf(edge)} may be made twice, on ${risky.join(", ")}`];
  });
};

const ruleFaults = (graph: CallGraph, manifests: Manifest[]): string[] =>
  allOf(manifests, "VirtualService", VirtualService).flatMap((service) => {
    // The edge is no part of the mesh's own rules, and neither is who asks from the node.
    const calls = edgesOf(graph).filter(
      ({ from, to, route }) => route && from !== "node" && from !== "edge" && service.spec.hosts.includes(to),
    );
    return service.spec.http.flatMap((rule) => {
      const edges = calls.filter(({ route: { method, path } = { method: "", path: "" } }) =>
        (method === "GET" ? ["GET", "HEAD"] : [method]).some((each) => rulesFor(service, each, path).includes(rule)),
      );
      const where = `VirtualService ${service.metadata.name}, ${rule.name}`;
      if (edges.length === 0) return [`${where}: no call of the graph meets this rule`];
      return [...timeoutFaults(where, rule, edges), ...retryFaults(rule, edges)];
    });
  });

/** Services that others call by HTTP and that nothing protects: Istio's own limit is four thousand million calls. */
const circuitFaults = (graph: CallGraph, manifests: Manifest[]): string[] => {
  const rules = allOf(manifests, "DestinationRule", DestinationRule);
  const called = new Set(edgesOf(graph).flatMap(({ from, to, route }) => (route && from !== "node" ? [to] : [])));
  return [...called].flatMap((service) => {
    const policy = rules.find(({ spec }) => spec.host === service)?.spec.trafficPolicy;
    const { tcp, http } = policy?.connectionPool ?? {};
    const limited = tcp?.maxConnections && http?.http1MaxPendingRequests && http.http2MaxRequests;
    return [
      ...(limited ? [] : [`${service} has no circuit breaker`]),
      ...(policy?.outlierDetection ? [] : [`${service}: nothing ejects a failing pod`]),
    ];
  });
};

/** Node closes a connection that was idle for 75 s; a proxy that keeps it longer sends into one that is closing. */
const idleFaults = (graph: CallGraph, manifests: Manifest[]): string[] =>
  allOf(manifests, "Sidecar", Sidecar).flatMap(({ metadata: { name }, spec }) => {
    const service = Service.safeParse(name);
    if (!service.success || graph.services[service.data].protocol !== "http") return [];
    const idle = Number.parseFloat(spec.inboundConnectionPool?.http.idleTimeout ?? "3600s");
    return idle < 75 ? [] : [`Sidecar ${name}: keeps idle connections for ${idle} s`];
  });

/** A canary that Envoy would never eject: it does so only while the share of ejected pods stays within the limit. */
const ejectionFaults = (manifests: Manifest[]): string[] => {
  const pods = workloadsOf(manifests).flatMap(({ spec }) =>
    Array.from({ length: spec.replicas ?? 1 }, () => spec.template.metadata.labels),
  );
  return allOf(manifests, "DestinationRule", DestinationRule).flatMap(({ spec }) =>
    spec.subsets
      .filter(({ labels }) => labels["version"] === "risky")
      .flatMap(({ name, labels, trafficPolicy }) => {
        const count = pods.filter((each) => matches({ app: spec.host, ...labels }, each)).length;
        const { maxEjectionPercent: share = 10 } =
          trafficPolicy?.outlierDetection ?? spec.trafficPolicy?.outlierDetection ?? {};
        return 100 / count <= share
          ? []
          : [`${spec.host}, ${name}: none of ${count} pods can be ejected at ${share} %`];
      }),
  );
};

/** What is wrong with timeouts, retries, circuit breakers and outlier detection, as the call graph sees it. */
export const resilienceFaults = (graph: CallGraph, manifests: Manifest[]): string[] => [
  ...ruleFaults(graph, manifests),
  ...circuitFaults(graph, manifests),
  ...idleFaults(graph, manifests),
  ...ejectionFaults(manifests),
];
