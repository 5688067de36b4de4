import { readCallGraph } from "@lectura/mesh";
import type { Manifest } from "../render.ts";
import {
  allOf,
  AuthorizationPolicy,
  ConfigMap,
  PeerAuthentication,
  RequestAuthentication,
  Service,
  Sidecar,
  workloadsOf,
} from "./kinds.ts";

const mtlsFaults = (manifests: Manifest[]): string[] => {
  const policies = allOf(manifests, "PeerAuthentication", PeerAuthentication);
  const strict = policies.some(({ spec }) => spec.mtls?.mode === "STRICT" && !("selector" in spec));
  return [
    ...(strict ? [] : ["PeerAuthentication: nothing makes the whole namespace STRICT"]),
    ...policies
      .filter(({ spec }) => (spec.mtls && spec.mtls.mode !== "STRICT") || "portLevelMtls" in spec)
      .map(({ metadata }) => `PeerAuthentication ${metadata.name}: lets plain text in`),
  ];
};

const accountFaults = (manifests: Manifest[], edgeAccount: string): string[] => {
  const accounts = new Set([
    edgeAccount,
    ...manifests.filter(({ kind }) => kind === "ServiceAccount").map(({ metadata }) => metadata.name),
  ]);
  const policies = allOf(manifests, "AuthorizationPolicy", AuthorizationPolicy);
  const denyAll = policies.some(({ spec }) => !spec.selector && spec.rules.length === 0);
  const sources = policies.flatMap(({ metadata, spec }) =>
    spec.rules.flatMap(({ from = [] }) =>
      from.map(({ source }) => ({ policy: `AuthorizationPolicy ${metadata.name}`, source })),
    ),
  );
  return [
    ...(denyAll ? [] : ["AuthorizationPolicy: nothing denies all that is not allowed"]),
    ...sources.flatMap(({ policy, source }) => [
      ...(source["serviceAccounts"] ?? [])
        .filter((account) => !accounts.has(account))
        .map((account) => `${policy}: there is no ServiceAccount ${account}`),
      ...(source["principals"] || source["namespaces"]
        ? [`${policy}: spells out a namespace, which Kustomize does not follow`]
        : []),
    ]),
  ];
};

/** The issuer that the services are told is the one that the proxies believe. */
const tokenFaults = (manifests: Manifest[]): string[] => {
  const told = allOf(manifests, "ConfigMap", ConfigMap).find(({ data }) => data["LECTURA_PUBLIC_URL"])?.data[
    "LECTURA_PUBLIC_URL"
  ];
  const services = new Set(allOf(manifests, "Service", Service).map(({ metadata }) => metadata.name));
  return allOf(manifests, "RequestAuthentication", RequestAuthentication).flatMap(({ metadata, spec }) =>
    spec.jwtRules.flatMap(({ issuer, audiences, jwksUri }) => [
      ...(issuer === told ? [] : [`RequestAuthentication ${metadata.name}: believes ${issuer}, the services ${told}`]),
      ...(audiences.includes("lectura") ? [] : [`RequestAuthentication ${metadata.name}: takes tokens for anybody`]),
      ...(services.has(new URL(jwksUri).hostname.split(".")[0] ?? "")
        ? []
        : [`RequestAuthentication ${metadata.name}: no Service has the keys at ${jwksUri}`]),
    ]),
  );
};

/** Who may call what callers name, wherever on the internet that is. */
const leavers: string[] = readCallGraph().internet.from;

const scopeFaults = (manifests: Manifest[]): string[] =>
  allOf(manifests, "Sidecar", Sidecar)
    .filter(({ metadata }) => !leavers.includes(metadata.name))
    .filter(({ spec }) => spec.outboundTrafficPolicy?.mode !== "REGISTRY_ONLY")
    .map(({ metadata }) => `Sidecar ${metadata.name}: lets calls out to anywhere`);

const podFaults = (manifests: Manifest[]): string[] => {
  const accounts = new Set(
    manifests.filter(({ kind }) => kind === "ServiceAccount").map(({ metadata }) => metadata.name),
  );
  return workloadsOf(manifests)
    .filter(({ spec }) => !accounts.has(spec.template.spec.serviceAccountName ?? "default"))
    .map(({ metadata }) => `${metadata.name}: its pods have no ServiceAccount of ours`);
};

/** What is wrong with who is who: mutual TLS, service accounts, tokens, ways out. */
export const identityFaults = (manifests: Manifest[], edgeAccount: string): string[] => [
  ...mtlsFaults(manifests),
  ...accountFaults(manifests, edgeAccount),
  ...tokenFaults(manifests),
  ...scopeFaults(manifests),
  ...podFaults(manifests),
];
