import { type CallGraph, type Caller, type PortAndProtocol, Service } from "./call-graph.ts";
import { calleesOf, callersOf } from "./edges.ts";
import { type Manifest, podsOf } from "./manifest.ts";

/** `{}` is every pod of the namespace. */
type Selector = { matchLabels?: Record<string, string>; matchExpressions?: object[] };
type Rule = { from?: object[]; to?: object[]; ports: (PortAndProtocol & { endPort?: number })[] };

const policy = (
  name: string,
  podSelector: Selector,
  { ingress, egress }: { ingress?: Rule[]; egress?: Rule[] },
): Manifest => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name },
  spec: {
    podSelector,
    policyTypes: [...(ingress ? ["Ingress"] : []), ...(egress ? ["Egress"] : [])],
    ...(ingress && ingress.length > 0 && { ingress }),
    ...(egress && egress.length > 0 && { egress }),
  },
});

const tcp = (...ports: number[]): PortAndProtocol[] => ports.map((port) => ({ port, protocol: "TCP" }));
const oneOf = (services: Service[]): Selector => ({
  matchExpressions: [{ key: "app", operator: "In", values: services }],
});
const inNamespace = (name: string): object => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const peers = (services: Service[]): object[] => services.map((service) => ({ podSelector: podsOf(service) }));

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
/**
 * What else is not reachable from everywhere (IANA's register of special-purpose addresses; packages/guard refuses the same):
 * among them the machine's metadata, which hand out credentials, and what carriers share.
 */
const SPECIAL = [
  "0.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
];

const addresses = {
  public: [{ ipBlock: { cidr: "0.0.0.0/0", except: [...PRIVATE, ...SPECIAL] } }],
  private: PRIVATE.map((cidr) => ({ ipBlock: { cidr } })),
};

const isService = (caller: Caller): caller is Service => caller !== "edge" && caller !== "node";

const policyOf = (graph: CallGraph, service: Service): Manifest => {
  const callers = callersOf(graph, service).filter(isService);
  const callees = calleesOf(graph, service);
  const elsewhere = Object.values(graph.infrastructure).filter(
    ({ from }) => Array.isArray(from) && from.includes(service),
  );
  return policy(service, podsOf(service), {
    ingress: callers.length === 0 ? [] : [{ from: peers(callers), ports: tcp(graph.services[service].port) }],
    egress: [
      ...callees.map((callee) => ({ to: peers([callee]), ports: tcp(graph.services[callee].port) })),
      ...elsewhere.map(({ namespace, ports }) => ({ to: [inNamespace(namespace)], ports })),
      ...(graph.internet.from.includes(service) ? [{ to: addresses.public, ports: graph.internet.ports }] : []),
    ],
  });
};

const infrastructureFor = (graph: CallGraph, users: "pods" | "proxies"): Rule[] =>
  Object.values(graph.infrastructure)
    .filter(({ from }) => from === users)
    .map(({ namespace, ports }) => ({ to: [inNamespace(namespace)], ports }));

/** With and without a mesh: nothing in and nothing out, but for what the call graph knows. */
export const networkPolicies = (graph: CallGraph): Manifest[] => [
  policy("deny-all", {}, { ingress: [], egress: [] }),
  policy("infrastructure", {}, { egress: infrastructureFor(graph, "pods") }),
  ...Service.options.map((service) => policyOf(graph, service)),
];

/** What only holds while there is no mesh, which has an edge for the clients and one port for all metrics. */
export const plainNetworkPolicies = (graph: CallGraph): Manifest[] => {
  const measured = Service.options.filter((service) => graph.services[service].metrics !== undefined);
  return [
    policy("plain-clients", podsOf("gateway"), { ingress: [{ ports: tcp(graph.services.gateway.port) }] }),
    policy("plain-metrics", oneOf(measured), {
      ingress: [
        {
          from: [inNamespace(graph.metrics.from)],
          ports: tcp(...measured.flatMap((service) => graph.services[service].metrics ?? [])),
        },
      ],
    }),
  ];
};

/** What the mesh adds: the proxies' own traffic, and the edge. */
export const meshNetworkPolicies = (graph: CallGraph): Manifest[] => {
  const { edge, metrics, services } = graph;
  const callees = calleesOf(graph, "edge");
  const edgePods = { matchLabels: edge.pods };
  return [
    policy(
      "mesh-proxies",
      {},
      {
        ingress: [{ from: [inNamespace(metrics.from)], ports: tcp(metrics.port) }],
        egress: infrastructureFor(graph, "proxies"),
      },
    ),
    policy("mesh-edge", edgePods, {
      ingress: [{ ports: tcp(edge.port) }],
      egress: callees.map((callee) => ({ to: peers([callee]), ports: tcp(services[callee].port) })),
    }),
    ...callees.map((callee) =>
      policy(`mesh-edge-to-${callee}`, podsOf(callee), {
        ingress: [{ from: [{ podSelector: edgePods }], ports: tcp(services[callee].port) }],
      }),
    ),
  ];
};

/** One for each thing outside of the cluster, for the component that needs it. */
export const outsideNetworkPolicies = (graph: CallGraph): Manifest[] =>
  Object.entries(graph.outside).map(([name, there]) =>
    policy(`to-${name}`, oneOf(there.from), { egress: [{ to: addresses[there.addresses], ports: there.ports }] }),
  );
