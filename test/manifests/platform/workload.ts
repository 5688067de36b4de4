import { z } from "zod";
import type { Manifest } from "../render.ts";

const Labels = z.record(z.string(), z.string());
const Named = z.looseObject({ name: z.string() });

const Variable = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .looseObject({ secretKeyRef: z.looseObject({ name: z.string(), key: z.string() }).optional() })
    .optional(),
});
export type Variable = z.infer<typeof Variable>;

const Container = z.looseObject({
  name: z.string(),
  env: z.array(Variable).default([]),
  envFrom: z.array(z.looseObject({ configMapRef: Named })).default([]),
  ports: z.array(z.looseObject({ name: z.string().optional() })).default([]),
  volumeMounts: z.array(Named).default([]),
  lifecycle: z.looseObject({ preStop: z.looseObject({ sleep: z.looseObject({ seconds: z.int() }) }) }).optional(),
});

const Volume = z.looseObject({
  name: z.string(),
  configMap: Named.optional(),
  persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional(),
});

/** A Deployment or a StatefulSet, as far as others refer to it; pod.ts says what it must be like. */
const Workload = z.looseObject({
  metadata: Named,
  spec: z.looseObject({
    replicas: z.int().optional(),
    selector: z.looseObject({ matchLabels: Labels }),
    volumeClaimTemplates: z.array(z.looseObject({ metadata: Named })).default([]),
    template: z.looseObject({
      metadata: z.looseObject({ labels: Labels }),
      spec: z.looseObject({
        serviceAccountName: z.string().default("default"),
        terminationGracePeriodSeconds: z.int().default(30),
        containers: z.tuple([Container], Container),
        volumes: z.array(Volume).default([]),
      }),
    }),
  }),
});
export type Workload = z.infer<typeof Workload>;

export const runsPods = ({ kind }: Manifest): boolean => kind === "Deployment" || kind === "StatefulSet";

export const workloadsIn = (manifests: Manifest[]): Workload[] =>
  manifests.filter(runsPods).map((manifest) => Workload.parse(manifest));
