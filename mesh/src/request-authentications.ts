import { type CallGraph, Service } from "./call-graph.ts";
import type { Issuers } from "./issuers.ts";
import { edgeGateway, hostOf, type Manifest, podsOf } from "./manifest.ts";

const authentication = (name: string, spec: object): Manifest => ({
  apiVersion: "security.istio.io/v1",
  kind: "RequestAuthentication",
  metadata: { name },
  spec,
});

/** The issuer's name is put in by k8s/components/mesh, from the ConfigMap that tells the services. */
const rulesOf = ({ own, oidc }: Issuers): object[] => [
  ...own.map(({ issuer, keys, audiences }) => ({
    issuer: issuer.key,
    jwksUri: `http://${hostOf(keys.service)}:${keys.port}${keys.path}`,
    audiences,
    forwardOriginalToken: true,
  })),
  ...oidc.map(({ issuer, jwks_uri, audience }) => ({
    issuer,
    jwksUri: jwks_uri,
    audiences: [audience],
    forwardOriginalToken: true,
  })),
];

/** At the edge and wherever the graph wants a token a wrong one is refused; that there is one, the AuthorizationPolicy says. */
export const requestAuthentications = (graph: CallGraph, issuers: Issuers): Manifest[] => [
  authentication("edge", {
    targetRefs: [edgeGateway(graph)],
    jwtRules: rulesOf(issuers),
  }),
  ...Service.options
    .filter((service) => graph.calls.some(({ to, token }) => token && to.includes(service)))
    .map((service) => authentication(service, { selector: podsOf(service), jwtRules: rulesOf(issuers) })),
];
