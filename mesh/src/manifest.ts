import type { CallGraph } from "./call-graph.ts";

/** A Kubernetes object, as far as everybody who handles one needs to know it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: object;
}

/** Where the platform runs: host names in the mesh are fully qualified. */
export const NAMESPACE = "lectura";

export const hostOf = (service: string): string => `${service}.${NAMESPACE}.svc.cluster.local`;

/** The pods of a service, whatever their release. */
export const podsOf = (service: string): { matchLabels: Record<string, string> } => ({ matchLabels: { app: service } });

/** The edge's proxy as Istio's policies name it; by labels they would not reach a Gateway API's Gateway for sure. */
export const edgeGateway = ({ edge }: CallGraph): object => ({
  group: "gateway.networking.k8s.io",
  kind: "Gateway",
  name: edge.gateway,
});
