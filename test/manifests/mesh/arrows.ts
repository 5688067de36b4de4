import { calleesOf, callersOf, type CallGraph, edgesOf, readIssuers, Service } from "@lectura/mesh";
import type { Manifest } from "../render.ts";
import { allOf, AuthorizationPolicy, NetworkPolicy, type Peer, type PodSelector, Sidecar } from "./kinds.ts";

/** One permission in words, the same for the graph and for a manifest: `gateway → auth:8081 GET /livez`. */
type Arrow = string;

const http = (from: string, to: string, port: number | string, method = "", path = ""): Arrow =>
  `${from} → ${to}:${port} ${method} ${path}`.trim();

/** What the graph wants the proxies to let in. */
export const authorizedByGraph = (graph: CallGraph): Arrow[] => [
  http("anybody", "edge", graph.edge.port),
  ...edgesOf(graph).flatMap(({ from, to, call, route }) => {
    const { port } = graph.services[to];
    if (from === "node") return [];
    const caller = call.token && from !== "edge" ? `${from} with a token` : from;
    const all = graph.calls.some((each) => each.unlisted && each.to.includes(to) && each.from.includes(from));
    if (all || !route) return [http(caller, to, port)];
    const path = route.path.replaceAll(/:\w+/g, "{*}");
    // The last id may be empty: the service says so itself, the proxy would only say no.
    const paths = path.indexOf("{*}") === path.length - 3 ? [path, path.slice(0, -3)] : [path];
    return (route.method === "GET" ? ["GET", "HEAD"] : [route.method]).flatMap((method) =>
      paths.map((each) => http(caller, to, port, method, each)),
    );
  }),
];

/** What the manifests' AuthorizationPolicies let in. */
export const authorizedByManifests = (graph: CallGraph, manifests: Manifest[]): Arrow[] =>
  allOf(manifests, "AuthorizationPolicy", AuthorizationPolicy).flatMap(({ spec }) => {
    const gateways = spec.targetRefs?.map(({ name }) => name) ?? [];
    const to = spec.selector?.matchLabels["app"] ?? (gateways.join() === graph.edge.gateway ? "edge" : "everything");
    return spec.rules.flatMap((rule) => {
      const sources = (rule.from ?? [{ source: {} }]).flatMap(({ source }) => {
        const token = source["requestPrincipals"] ? " with a token" : "";
        const accounts = source["serviceAccounts"] ?? ["anybody"];
        return accounts.map((name) => (name === graph.edge.serviceAccount ? "edge" : name) + token);
      });
      const operations = (rule.to ?? [{ operation: {} }]).flatMap(({ operation }) =>
        (operation["ports"] ?? ["any"]).flatMap((port) =>
          (operation["methods"] ?? [""]).flatMap((method) =>
            (operation["paths"] ?? [""]).map((path) => ({ port, method, path })),
          ),
        ),
      );
      return sources.flatMap((from) => operations.map(({ port, method, path }) => http(from, to, port, method, path)));
    });
  });

const packet = (from: string, to: string, port: number | string, protocol = "TCP"): Arrow =>
  `${from} → ${to}:${port}/${protocol}`;

const portsOf = ({ port, endPort }: { port: number; endPort?: number | undefined }): number | string =>
  endPort === undefined ? port : `${port}-${endPort}`;

/** Both ends of a connection must be open; here each is told for itself, with those of the infrastructure at one end only. */
interface Packets {
  in: Arrow[];
  out: Arrow[];
}

/** What a deployment is made of: a mesh or none, and what of `outside` its components open the way to. */
export interface Shape {
  mesh: boolean;
  outside: string[];
}

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
const addresses = { public: ["the internet"], private: PRIVATE };

const outsideOf = (graph: CallGraph, { outside }: Shape) =>
  outside.map((name) => {
    const there = graph.outside[name];
    if (!there) throw new Error(`the call graph knows no ${name} outside`);
    return there;
  });

/** What the graph wants the network to pass. */
export const passedByGraph = (graph: CallGraph, shape: Shape): Packets => {
  const { mesh } = shape;
  const measured = Service.options.filter((service) => graph.services[service].metrics !== undefined);
  const between = Service.options.flatMap((to) =>
    callersOf(graph, to)
      .filter((from) => mesh || from !== "edge")
      .map((from) => packet(from, to, graph.services[to].port)),
  );
  const elsewhere = Object.values(graph.infrastructure)
    .filter(({ from }) => mesh || from !== "proxies")
    .flatMap(({ from, namespace, ports }) =>
      (Array.isArray(from) ? from : ["every pod"]).flatMap((each) =>
        ports.map(({ port, protocol }) => packet(each, namespace, port, protocol)),
      ),
    );
  const beyond = outsideOf(graph, shape).flatMap(({ from, ports, ...there }) =>
    from.flatMap((each) =>
      addresses[there.addresses].flatMap((to) => ports.map(({ port, protocol }) => packet(each, to, port, protocol))),
    ),
  );
  const internet = graph.internet.from.flatMap((each) =>
    graph.internet.ports.map((range) => packet(each, "the internet", portsOf(range), range.protocol)),
  );
  const { edge, metrics, services } = graph;
  const entrances = mesh
    ? [packet("anywhere", "edge", edge.port), packet(metrics.from, "every pod", metrics.port)]
    : [
        packet("anywhere", "gateway", services.gateway.port),
        // One rule for all of them: none listens on another's port.
        ...measured.flatMap((to) => measured.map((each) => packet(metrics.from, to, services[each].metrics ?? 0))),
      ];
  return { in: [...between, ...entrances], out: [...between, ...elsewhere, ...beyond, ...internet] };
};

const podsIn = (graph: CallGraph, selector: PodSelector): string[] => {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (JSON.stringify(matchLabels) === JSON.stringify(graph.edge.pods)) return ["edge"];
  const named = [matchLabels["app"] ?? [], ...matchExpressions.map(({ values }) => values)].flat();
  return named.length > 0 ? named : ["every pod"];
};

const isInternet = ({ cidr, except = [] }: { cidr: string; except?: string[] | undefined }): boolean =>
  cidr === "0.0.0.0/0" && [...PRIVATE, "169.254.0.0/16"].every((network) => except.includes(network));

const peersIn = (graph: CallGraph, peers: Peer[] | undefined): string[] => {
  if (!peers) return ["anywhere"];
  return peers.flatMap(({ podSelector, namespaceSelector, ipBlock }) => {
    if (ipBlock) return [isInternet(ipBlock) ? "the internet" : ipBlock.cidr];
    if (namespaceSelector) return [namespaceSelector.matchLabels?.["kubernetes.io/metadata.name"] ?? "every namespace"];
    return podsIn(graph, podSelector ?? {});
  });
};

/** What the manifests' NetworkPolicies pass. */
export const passedByManifests = (graph: CallGraph, manifests: Manifest[]): Packets => {
  const policies = allOf(manifests, "NetworkPolicy", NetworkPolicy);
  const anyPort = [{ port: 0, protocol: "any" }];
  return {
    in: policies.flatMap(({ spec }) =>
      spec.ingress.flatMap(({ from, ports = anyPort }) =>
        peersIn(graph, from).flatMap((peer) =>
          podsIn(graph, spec.podSelector).flatMap((pod) =>
            ports.map(({ port, protocol }) => packet(peer, pod, port, protocol)),
          ),
        ),
      ),
    ),
    out: policies.flatMap(({ spec }) =>
      spec.egress.flatMap(({ to, ports = anyPort }) =>
        peersIn(graph, to).flatMap((peer) =>
          podsIn(graph, spec.podSelector).flatMap((pod) =>
            ports.map((range) => packet(pod, peer, portsOf(range), range.protocol)),
          ),
        ),
      ),
    ),
  };
};

/** Whether a policy denies every packet, both ways, that no other policy passes. */
export const deniesTheRest = (manifests: Manifest[]): boolean =>
  allOf(manifests, "NetworkPolicy", NetworkPolicy).some(
    ({ spec }) =>
      Object.keys(spec.podSelector).length === 0 &&
      spec.policyTypes.length === 2 &&
      spec.ingress.length === 0 &&
      spec.egress.length === 0,
  );

const knows = (service: string, host: string): Arrow => `${service} ⇢ ${host}`;

/** What the graph wants each proxy to know the way to. */
export const knownByGraph = (graph: CallGraph, shape: Shape): Arrow[] => {
  const tracing = graph.infrastructure.zipkin.namespace;
  const collector = `${tracing}/zipkin.${tracing}.svc.cluster.local`;
  // Redis calls nobody: it has the Sidecar that everybody has.
  const http = Service.options.filter((service) => graph.services[service].protocol === "http");
  const inside = http.flatMap((service) => {
    const asksForKeys = graph.calls.some(({ to, token }) => token && to.includes(service));
    const keys = asksForKeys ? readIssuers().own.map((issuer) => issuer.keys.service) : [];
    return [
      ...[...calleesOf(graph, service), ...keys].map((to) => knows(service, `./${to}.lectura.svc.cluster.local`)),
      knows(service, collector),
    ];
  });
  const outside = outsideOf(graph, shape).flatMap(({ from, host }) => from.map((each) => knows(each, `./${host}`)));
  return [...inside, ...outside, knows("everybody", collector)];
};

/** What the manifests' Sidecars tell each proxy. */
export const knownByManifests = (manifests: Manifest[]): Arrow[] =>
  allOf(manifests, "Sidecar", Sidecar).flatMap(({ spec }) =>
    spec.egress
      .flatMap(({ hosts }) => hosts)
      .filter((host) => host !== "~/*")
      .map((host) => knows(spec.workloadSelector?.labels["app"] ?? "everybody", host)),
  );

/** Where two lists of arrows differ, as findings. */
export const difference = (byGraph: Arrow[], byManifests: Arrow[]): string[] => [
  ...[...new Set(byManifests)]
    .filter((arrow) => !byGraph.includes(arrow))
    .map((arrow) => `not in the call graph: ${arrow}`),
  ...[...new Set(byGraph)]
    .filter((arrow) => !byManifests.includes(arrow))
    .map((arrow) => `only in the call graph: ${arrow}`),
];
