import { z } from "zod";
import type { Manifest } from "../render.ts";

const named = <Spec extends z.ZodType>(spec: Spec) =>
  z.looseObject({ metadata: z.looseObject({ name: z.string() }), spec });
const TargetRef = z.strictObject({ group: z.string(), kind: z.literal("Gateway"), name: z.string() });
const Labels = z.record(z.string(), z.string());

const StringMatch = z.strictObject({
  exact: z.string().optional(),
  prefix: z.string().optional(),
  regex: z.string().optional(),
});
const HttpRule = z.looseObject({
  name: z.string().optional(),
  match: z
    .array(
      z.strictObject({
        method: StringMatch.optional(),
        uri: StringMatch.optional(),
        headers: z.record(z.string(), StringMatch).optional(),
      }),
    )
    .optional(),
  timeout: z.string().optional(),
  retries: z.looseObject({ attempts: z.number(), retryOn: z.string().optional() }).optional(),
  route: z.array(
    z.strictObject({
      destination: z.strictObject({ host: z.string(), subset: z.string().optional() }),
      weight: z.number().optional(),
    }),
  ),
});
export type HttpRule = z.infer<typeof HttpRule>;
export const VirtualService = named(z.looseObject({ hosts: z.array(z.string()), http: z.array(HttpRule) }));
export type VirtualService = z.infer<typeof VirtualService>;

const TrafficPolicy = z.looseObject({
  connectionPool: z
    .looseObject({
      tcp: z.looseObject({ maxConnections: z.number().optional() }).optional(),
      http: z
        .looseObject({
          http1MaxPendingRequests: z.number().optional(),
          http2MaxRequests: z.number().optional(),
        })
        .optional(),
    })
    .optional(),
  outlierDetection: z.looseObject({ maxEjectionPercent: z.number().optional() }).optional(),
  retryBudget: z.looseObject({ percent: z.number() }).optional(),
});
const Subset = z.looseObject({ name: z.string().optional(), labels: Labels, trafficPolicy: TrafficPolicy.optional() });
export const DestinationRule = named(
  z.looseObject({ host: z.string(), trafficPolicy: TrafficPolicy.optional(), subsets: z.array(Subset).default([]) }),
);
export type DestinationRule = z.infer<typeof DestinationRule>;

export const AuthorizationPolicy = named(
  z.strictObject({
    targetRefs: z.array(TargetRef).optional(),
    selector: z.strictObject({ matchLabels: Labels }).optional(),
    rules: z
      .array(
        z.strictObject({
          from: z.array(z.strictObject({ source: z.record(z.string(), z.array(z.string())) })).optional(),
          to: z.array(z.strictObject({ operation: z.record(z.string(), z.array(z.string())) })).optional(),
        }),
      )
      .default([]),
  }),
);
export type AuthorizationPolicy = z.infer<typeof AuthorizationPolicy>;

export const PeerAuthentication = named(z.looseObject({ mtls: z.looseObject({ mode: z.string() }).optional() }));
export const RequestAuthentication = named(
  z.looseObject({
    selector: z.strictObject({ matchLabels: Labels }).optional(),
    targetRefs: z.array(TargetRef).optional(),
    jwtRules: z.array(
      z.looseObject({ issuer: z.string(), jwksUri: z.string(), audiences: z.array(z.string()).default([]) }),
    ),
  }),
);

export const Sidecar = named(
  z.looseObject({
    workloadSelector: z.strictObject({ labels: Labels }).optional(),
    egress: z.array(z.strictObject({ hosts: z.array(z.string()) })),
    outboundTrafficPolicy: z.strictObject({ mode: z.string() }).optional(),
    inboundConnectionPool: z.strictObject({ http: z.strictObject({ idleTimeout: z.string() }) }).optional(),
  }),
);

const PodSelector = z.strictObject({
  matchLabels: Labels.optional(),
  matchExpressions: z
    .array(z.strictObject({ key: z.string(), operator: z.literal("In"), values: z.array(z.string()) }))
    .optional(),
});
const Peer = z.strictObject({
  podSelector: PodSelector.optional(),
  namespaceSelector: z.strictObject({ matchLabels: Labels.optional() }).optional(),
  ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()).optional() }).optional(),
});
const Ports = z
  .array(z.strictObject({ port: z.number(), endPort: z.number().optional(), protocol: z.string() }))
  .optional();
export const NetworkPolicy = named(
  z.strictObject({
    podSelector: PodSelector,
    policyTypes: z.array(z.enum(["Ingress", "Egress"])),
    ingress: z.array(z.strictObject({ from: z.array(Peer).optional(), ports: Ports })).default([]),
    egress: z.array(z.strictObject({ to: z.array(Peer).optional(), ports: Ports })).default([]),
  }),
);
export type NetworkPolicy = z.infer<typeof NetworkPolicy>;
export type Peer = z.infer<typeof Peer>;
export type PodSelector = z.infer<typeof PodSelector>;

const PodTemplate = z.looseObject({
  metadata: z.looseObject({ labels: Labels }),
  spec: z.looseObject({ serviceAccountName: z.string().optional() }),
});
export const Workload = named(z.looseObject({ replicas: z.number().optional(), template: PodTemplate }));
export const Service = named(z.looseObject({ selector: Labels.optional() }));
export const ConfigMap = z.looseObject({ metadata: z.looseObject({ name: z.string() }), data: Labels.default({}) });

/** The objects of a kind, each as its schema says. @throws ZodError when one has another shape */
export const allOf = <Schema extends z.ZodType>(
  manifests: Manifest[],
  kind: string,
  schema: Schema,
): z.infer<Schema>[] =>
  manifests.filter((manifest) => manifest.kind === kind).map((manifest) => schema.parse(manifest));

/** The objects that run pods. */
export const workloadsOf = (manifests: Manifest[]): z.infer<typeof Workload>[] => [
  ...allOf(manifests, "Deployment", Workload),
  ...allOf(manifests, "StatefulSet", Workload),
];

/** Whether a selector of labels selects these. */
export const matches = (selector: Record<string, string>, labels: Record<string, string>): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);
