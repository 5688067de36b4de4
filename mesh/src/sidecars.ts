import { type CallGraph, Service } from "./call-graph.ts";
import { calleesOf } from "./edges.ts";
import type { Issuers } from "./issuers.ts";
import { hostOf, type Manifest, podsOf } from "./manifest.ts";

const sidecar = (name: string, spec: object, { leaves = false } = {}): Manifest => ({
  apiVersion: "networking.istio.io/v1",
  kind: "Sidecar",
  metadata: { name },
  // What callers name no registry knows: for those who may call it, the guard and the network decide.
  spec: { ...spec, outboundTrafficPolicy: { mode: leaves ? "ALLOW_ANY" : "REGISTRY_ONLY" } },
});

/** Services close a connection that was idle for 75 s; a proxy that lets go first never sends into a closing one. */
const letGoFirst = { inboundConnectionPool: { http: { idleTimeout: "60s" } } };

/** Proxies that are asked by HTTP with a token fetch the keys themselves. */
const keyServices = (graph: CallGraph, issuers: Issuers, service: Service): string[] =>
  graph.calls.some(({ to, token }) => token && to.includes(service)) ? issuers.own.map(({ keys }) => keys.service) : [];

/** Tracing needs its collector among what a proxy knows, or there is none. */
const collectorOf = ({ infrastructure: { zipkin } }: CallGraph): string =>
  `${zipkin.namespace}/zipkin.${zipkin.namespace}.svc.cluster.local`;

const sidecarOf = (graph: CallGraph, issuers: Issuers, service: Service): Manifest => {
  const known = [...calleesOf(graph, service), ...keyServices(graph, issuers, service)];
  const spec = {
    workloadSelector: { labels: podsOf(service).matchLabels },
    ...letGoFirst,
    egress: [{ hosts: [...known.map((name) => `./${hostOf(name)}`), collectorOf(graph)] }],
  };
  return sidecar(service, spec, { leaves: graph.internet.from.includes(service) });
};

/** What each proxy knows the way to. Who has no Sidecar of its own, as Redis, knows nobody but the collector. */
export const sidecars = (graph: CallGraph, issuers: Issuers): Manifest[] => [
  sidecar("default", { egress: [{ hosts: [collectorOf(graph)] }] }),
  ...Service.options
    .filter((service) => graph.services[service].protocol === "http")
    .map((service) => sidecarOf(graph, issuers, service)),
];
