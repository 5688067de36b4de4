import { z } from "zod";
import type { Manifest } from "../render.ts";
import { runsPods } from "./workload.ts";

const probe = z.looseObject({
  httpGet: z.strictObject({ path: z.string(), port: z.string() }).optional(),
  exec: z.strictObject({ command: z.array(z.string()) }).optional(),
  timeoutSeconds: z.int(),
});

/** Either a value or where it comes from: Kubernetes refuses both. */
const Variable = z.union([
  z.strictObject({ name: z.string(), value: z.string() }),
  z.strictObject({
    name: z.string(),
    valueFrom: z.strictObject({
      secretKeyRef: z.strictObject({ name: z.string(), key: z.string() }).optional(),
      fieldRef: z.strictObject({ fieldPath: z.string() }).optional(),
    }),
  }),
]);

const Container = z
  .looseObject({
    name: z.string(),
    image: z.string().regex(/:(?!latest$)[\w.-]+$/, "has no tag, or latest"),
    imagePullPolicy: z.literal("IfNotPresent"),
    env: z.array(Variable).optional(),
    ports: z.array(
      z.strictObject({
        name: z.string().regex(/^(http|tcp)(-|$)/, "does not name its protocol, which a mesh goes by"),
        containerPort: z.int(),
        protocol: z.literal("TCP").optional(),
      }),
    ),
    startupProbe: probe,
    livenessProbe: probe,
    readinessProbe: probe,
    lifecycle: z.strictObject({ preStop: z.strictObject({ sleep: z.strictObject({ seconds: z.int() }) }) }).optional(),
    // No limit of CPU: it would only throttle who could have idle cores.
    resources: z.strictObject({
      requests: z.strictObject({ cpu: z.string(), memory: z.string() }),
      limits: z.strictObject({ memory: z.string() }),
    }),
    securityContext: z.strictObject({
      allowPrivilegeEscalation: z.literal(false),
      readOnlyRootFilesystem: z.literal(true),
      capabilities: z.strictObject({ drop: z.tuple([z.literal("ALL")]) }),
    }),
  })
  .refine(({ resources: { requests, limits } }) => requests.memory === limits.memory, {
    error: "memory is requested and limited differently",
    path: ["resources"],
  })
  .refine(
    ({ startupProbe, livenessProbe, readinessProbe }) => {
      const paths = [startupProbe, livenessProbe, readinessProbe].flatMap(({ httpGet }) => httpGet?.path ?? []);
      return new Set(paths).size === paths.length;
    },
    { error: "two probes ask the same", path: ["probes"] },
  );

const Volume = z.union([
  z.strictObject({ name: z.string(), emptyDir: z.strictObject({ sizeLimit: z.string() }) }),
  z.strictObject({ name: z.string(), configMap: z.strictObject({ name: z.string() }) }),
  z.strictObject({ name: z.string(), persistentVolumeClaim: z.strictObject({ claimName: z.string() }) }),
]);

/** What every pod of the platform is like: `restricted` pod security, and what is said about it in the fields. */
const Pod = z.looseObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.literal(false),
  enableServiceLinks: z.literal(false),
  hostNetwork: z.never().optional(),
  hostPID: z.never().optional(),
  hostIPC: z.never().optional(),
  initContainers: z.never().optional(),
  terminationGracePeriodSeconds: z.int(),
  securityContext: z.strictObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.literal(65_532),
    runAsGroup: z.literal(65_532),
    fsGroup: z.literal(65_532).optional(),
    fsGroupChangePolicy: z.literal("OnRootMismatch").optional(),
    seccompProfile: z.strictObject({ type: z.literal("RuntimeDefault") }),
  }),
  topologySpreadConstraints: z.array(z.looseObject({ whenUnsatisfiable: z.literal("ScheduleAnyway") })).optional(),
  containers: z.tuple([Container]),
  volumes: z.array(Volume),
});

/** A Deployment or a StatefulSet of the platform. */
const OurWorkload = z.looseObject({
  spec: z.looseObject({
    revisionHistoryLimit: z.int().max(5).optional(),
    strategy: z
      .strictObject({ rollingUpdate: z.strictObject({ maxSurge: z.int().positive(), maxUnavailable: z.literal(0) }) })
      .optional(),
    template: z.looseObject({ spec: Pod }),
  }),
});

/** Where pods are not as they must be. */
export const podFaults = (manifests: Manifest[]): string[] =>
  manifests.filter(runsPods).flatMap((manifest) => {
    const issues = OurWorkload.safeParse(manifest).error?.issues ?? [];
    return issues.map(({ path, message }) => {
      const place = path.join(".").replace(/^spec\.(template\.)?/, "");
      return `${manifest.metadata.name}: ${place}: ${message}`;
    });
  });
