import { authorizationPolicies } from "./authorization-policies.ts";
import { readCallGraph } from "./call-graph.ts";
import { type Issuers, readIssuers } from "./issuers.ts";
import type { Manifest } from "./manifest.ts";
import {
  meshNetworkPolicies,
  networkPolicies,
  outsideNetworkPolicies,
  plainNetworkPolicies,
} from "./network-policies.ts";
import { requestAuthentications } from "./request-authentications.ts";
import { sidecars } from "./sidecars.ts";
import { toYaml } from "./to-yaml.ts";

interface GeneratedFile {
  path: string;
  text: string;
}

/** What the services are told of OpenID providers, in the form of their environment. */
const oidcEnvironment = ({ oidc }: Issuers): GeneratedFile => ({
  path: "k8s/base/issuers/oidc.env",
  text: `# Made from mesh/issuers.yaml by \`npx -y pnpm@12 generate\`; do not edit.\nLECTURA_OIDC_ISSUERS=${JSON.stringify(oidc)}\n`,
});

const file = (path: string, source: string, content: object): GeneratedFile => ({
  path,
  text: `# Made from ${source} by \`npx -y pnpm@12 generate\`; do not edit.\n${toYaml(content)}`,
});

/** A folder with one file for each manifest, and the kustomization that takes them all. */
const folder = (path: string, source: string, manifests: Manifest[]): GeneratedFile[] => [
  file(`${path}/kustomization.yaml`, source, {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: manifests.map(({ metadata }) => `${metadata.name}.yaml`),
  }),
  ...manifests.map((manifest) => file(`${path}/${manifest.metadata.name}.yaml`, source, manifest)),
];

/** Everything that is made from the call graph and the list of issuers; paths are those of the repository. */
export const generatedFiles = (issuers = readIssuers()): GeneratedFile[] => {
  const graph = readCallGraph();
  const base = "k8s/base/network-policies";
  return [
    ...folder("istio/authorization", "mesh/callgraph.yaml", authorizationPolicies(graph)),
    ...folder("istio/sidecars", "mesh/callgraph.yaml", sidecars(graph, issuers)),
    ...folder("istio/network-policies", "mesh/callgraph.yaml", meshNetworkPolicies(graph)),
    ...folder("istio/request-authentication", "mesh/issuers.yaml", requestAuthentications(graph, issuers)),
    oidcEnvironment(issuers),
    ...folder(base, "mesh/callgraph.yaml", [...networkPolicies(graph), ...plainNetworkPolicies(graph)]),
    ...outsideNetworkPolicies(graph).flatMap((policy) =>
      folder(`${base}/${policy.metadata.name}`, "mesh/callgraph.yaml", [policy]),
    ),
  ];
};
