import { type Call, type Caller, type CallGraph, Service } from "./call-graph.ts";
import { edgeGateway, type Manifest, podsOf } from "./manifest.ts";

const policy = (name: string, spec: object): Manifest => ({
  apiVersion: "security.istio.io/v1",
  kind: "AuthorizationPolicy",
  metadata: { name },
  spec,
});

/** Without a namespace an account is one of the policy's own, wherever that is. */
const accountsOf = (graph: CallGraph, callers: Caller[]): string[] =>
  callers.map((caller) => (caller === "edge" ? graph.edge.serviceAccount : caller));

/** `:id` as Istio writes it, which is never empty. At a path's end it may be: the service itself says that no such id is there. */
const pathsOf = (path: string): string[] => [
  path.replaceAll(/:\w+/g, "{*}"),
  ...(/^[^:]*:\w+$/.test(path) ? [path.replace(/:\w+$/, "")] : []),
];

const operationsOf = (call: Call, port: string): object[] => {
  if (call.unlisted || call.routes.length === 0) return [{ operation: { ports: [port] } }];
  const methods = new Set(call.routes.map(({ method }) => method));
  return [...methods].map((method) => ({
    operation: {
      ports: [port],
      methods: method === "GET" ? ["GET", "HEAD"] : [method],
      paths: call.routes.filter((route) => route.method === method).flatMap(({ path }) => pathsOf(path)),
    },
  }));
};

/** Who is let in to a service by its proxy; nothing where only the node calls. */
const policyOf = (graph: CallGraph, service: Service): Manifest[] => {
  const { port } = graph.services[service];
  const rules = graph.calls
    .filter(({ to, from }) => to.includes(service) && !from.includes("node"))
    .map((call) => ({
      from: [
        {
          source: {
            serviceAccounts: accountsOf(graph, call.from),
            ...(call.token && { requestPrincipals: ["*"] }),
          },
        },
      ],
      to: operationsOf(call, String(port)),
    }));
  return rules.length === 0 ? [] : [policy(service, { selector: podsOf(service), rules })];
};

/** Nobody may call anybody, but for what the call graph knows. */
export const authorizationPolicies = (graph: CallGraph): Manifest[] => [
  policy("deny-all", {}),
  policy("edge", {
    targetRefs: [edgeGateway(graph)],
    rules: [{ to: [{ operation: { ports: [String(graph.edge.port)] } }] }],
  }),
  ...Service.options.flatMap((service) => policyOf(graph, service)),
];
