import { z } from "zod";
import type { Manifest } from "../render.ts";
import { workloadsIn } from "./workload.ts";

const HorizontalPodAutoscaler = z.looseObject({
  scaleTargetRef: z.strictObject({ apiVersion: z.string(), kind: z.literal("Deployment"), name: z.string() }),
  minReplicas: z.int(),
  maxReplicas: z.int(),
  metrics: z.array(z.looseObject({ containerResource: z.looseObject({ container: z.string() }).optional() })),
});
const ScaledObject = z.looseObject({
  scaleTargetRef: z.strictObject({ name: z.string() }),
  minReplicaCount: z.int(),
  maxReplicaCount: z.int(),
});

interface Scaler {
  scaler: string;
  target: string;
  least: number;
  most: number;
  containers: string[];
}

const readScaler = ({ kind, metadata, spec }: Manifest): Scaler[] => {
  const scaler = `${kind} ${metadata.name}`;
  if (kind === "HorizontalPodAutoscaler") {
    const { scaleTargetRef, minReplicas, maxReplicas, metrics } = HorizontalPodAutoscaler.parse(spec);
    const containers = metrics.flatMap(({ containerResource }) => containerResource?.container ?? []);
    return [{ scaler, target: scaleTargetRef.name, least: minReplicas, most: maxReplicas, containers }];
  }
  if (kind !== "ScaledObject") return [];
  const { scaleTargetRef, minReplicaCount, maxReplicaCount } = ScaledObject.parse(spec);
  return [{ scaler, target: scaleTargetRef.name, least: minReplicaCount, most: maxReplicaCount, containers: [] }];
};

/** Where the number of pods is nobody's or two parties' concern. */
export const scalingFaults = (manifests: Manifest[]): string[] => {
  const scalers = manifests.flatMap(readScaler);
  const workloads = new Map(workloadsIn(manifests).map((workload) => [workload.metadata.name, workload]));
  return [
    ...scalers.flatMap(({ scaler, target, least, most, containers }) => {
      const workload = workloads.get(target);
      if (!workload) return [`${scaler}: there is no ${target}`];
      const [container] = workload.spec.template.spec.containers;
      return [
        ...(least > most || least < 1 ? [`${scaler}: from ${least} to ${most}`] : []),
        ...(workload.spec.replicas === undefined ? [] : [`${target}: has replicas, which ${scaler} decides`]),
        ...containers
          .filter((name) => name !== container.name)
          .map((name) => `${scaler}: ${target} has no container ${name}`),
      ];
    }),
    ...[...workloads.values()].flatMap(({ metadata: { name }, spec }) => {
      const mine = scalers.filter(({ target }) => target === name);
      if (mine.length > 1) return [`${name}: is scaled by ${mine.map(({ scaler }) => scaler).join(" and ")}`];
      return mine.length === 0 && spec.replicas === undefined ? [`${name}: nobody says how many there are`] : [];
    }),
  ];
};
