import { z } from "zod";
import type { Manifest } from "../render.ts";
import { workloadsIn } from "./workload.ts";

type Labels = Record<string, string>;

const Labels = z.record(z.string(), z.string());
const Service = z.looseObject({
  selector: Labels,
  ports: z.array(
    z.looseObject({
      name: z.string().regex(/^(http|tcp)(-|$)/, "does not name its protocol, which a mesh goes by"),
      port: z.int(),
      targetPort: z.union([z.string(), z.int()]),
    }),
  ),
});
const DisruptionBudget = z.strictObject({
  maxUnavailable: z.literal(1),
  unhealthyPodEvictionPolicy: z.literal("AlwaysAllow"),
  selector: z.strictObject({ matchLabels: Labels }),
});

const selects = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

const specsOf = <Schema extends z.ZodType>(manifests: Manifest[], kind: string, schema: Schema) =>
  manifests.flatMap((manifest) =>
    manifest.kind === kind ? [{ name: manifest.metadata.name, parsed: schema.safeParse(manifest["spec"]) }] : [],
  );

const said = (name: string, error: z.ZodError): string[] =>
  error.issues.map(({ path, message }) => `${name}: ${path.join(".")}: ${message}`);

const serviceFaults = (manifests: Manifest[]): string[] =>
  specsOf(manifests, "Service", Service).flatMap(({ name, parsed }) => {
    if (!parsed.success) return said(`Service ${name}`, parsed.error);
    const { selector, ports } = parsed.data;
    const found = workloadsIn(manifests).filter(({ spec }) => selects(selector, spec.template.metadata.labels));
    if (found.length === 0) return [`Service ${name}: no pod has its labels`];
    // A canary has the labels of its service but for the version, and must get its share of the calls.
    const narrow = name === selector["app"] && Object.keys(selector).length > 1;
    const closed = ports.filter(({ targetPort }) =>
      found.some(({ spec }) => !spec.template.spec.containers[0].ports.some((port) => port.name === targetPort)),
    );
    return [
      ...(narrow ? [`Service ${name}: selects by more than app, so it would leave a canary out`] : []),
      ...closed.map(({ targetPort }) => `Service ${name}: its pods have no port ${targetPort}`),
    ];
  });

const disruptionFaults = (manifests: Manifest[]): string[] => {
  const budgets = specsOf(manifests, "PodDisruptionBudget", DisruptionBudget);
  const broken = budgets.flatMap(({ name, parsed }) =>
    parsed.success ? [] : said(`PodDisruptionBudget ${name}`, parsed.error),
  );
  const selectors = budgets.flatMap(({ name, parsed }) =>
    parsed.success ? [{ name, selector: parsed.data.selector.matchLabels }] : [],
  );
  const workloads = workloadsIn(manifests).map(({ metadata, spec }) => ({
    name: metadata.name,
    labels: spec.template.metadata.labels,
  }));
  return [
    ...broken,
    ...selectors
      .filter(({ selector }) => !workloads.some(({ labels }) => selects(selector, labels)))
      .map(({ name }) => `PodDisruptionBudget ${name}: no pod has its labels`),
    // Two would make every eviction an error.
    ...workloads
      .filter(({ labels }) => selectors.filter(({ selector }) => selects(selector, labels)).length !== 1)
      .map(({ name }) => `${name}: has not exactly one PodDisruptionBudget`),
  ];
};

const ownPodFaults = (manifests: Manifest[]): string[] =>
  workloadsIn(manifests).flatMap(({ metadata: { name }, spec }) => {
    const { labels } = spec.template.metadata;
    const others = workloadsIn(manifests).filter(({ metadata }) => metadata.name !== name);
    return [
      ...(selects(spec.selector.matchLabels, labels) ? [] : [`${name}: does not select its own pods`]),
      ...others
        .filter((other) => selects(spec.selector.matchLabels, other.spec.template.metadata.labels))
        .map((other) => `${name}: selects the pods of ${other.metadata.name}, too`),
    ];
  });

/** Where something selects pods that are not there, or not those that it should. */
export const selectionFaults = (manifests: Manifest[]): string[] => [
  ...serviceFaults(manifests),
  ...disruptionFaults(manifests),
  ...ownPodFaults(manifests),
];
