import { allOf, DestinationRule, matches, Service, VirtualService, workloadsOf } from "./kinds.ts";
import type { Manifest } from "../render.ts";

type Subset = DestinationRule["spec"]["subsets"][number];

/** `auth`, `auth.lectura` and `auth.lectura.svc.cluster.local` are the same host, seen from inside the namespace. */
const shortName = (host: string): string => host.split(".")[0] ?? host;

const namingOf = (rule: string, subsets: Subset[]): string[] =>
  subsets.flatMap(({ name, labels }) => {
    if (name !== undefined) return [];
    const hint = labels["name"] === undefined ? "" : ": `name` stands under labels";
    return [`DestinationRule ${rule}: subset has no name${hint}`];
  });

const emptySubsets = (rules: DestinationRule[], manifests: Manifest[]): string[] => {
  const services = allOf(manifests, "Service", Service);
  const pods = workloadsOf(manifests).map(({ spec }) => spec.template.metadata.labels);
  return rules.flatMap(({ metadata, spec }) => {
    const selector = services.find((service) => service.metadata.name === shortName(spec.host))?.spec.selector;
    if (!selector) return [`DestinationRule ${metadata.name}: there is no Service ${spec.host}`];
    return spec.subsets
      .filter(({ labels }) => !pods.some((each) => matches({ ...selector, ...labels }, each)))
      .map(({ name }) => `DestinationRule ${metadata.name}: no Deployment has pods for subset ${name}`);
  });
};

const routesOf = ({ metadata, spec }: VirtualService, rules: DestinationRule[], manifests: Manifest[]): string[] => {
  const services = new Set(allOf(manifests, "Service", Service).map((service) => service.metadata.name));
  const isKnown = (host: string): boolean => services.has(shortName(host));
  const unknownHosts = spec.hosts
    .filter((host) => !isKnown(host))
    .map((host) => `VirtualService ${metadata.name}: there is no Service ${host}`);
  const wrongRoutes = spec.http.flatMap(({ name = "a rule", route }) => {
    const where = `VirtualService ${metadata.name}, ${name}`;
    const sum = route.reduce((total, { weight = 100 }) => total + weight, 0);
    return [
      ...(sum === 100 ? [] : [`${where}: the weights add up to ${sum}, not 100`]),
      ...route.flatMap(({ destination: { host, subset } }) => {
        if (!isKnown(host)) return [`${where}: there is no Service ${host}`];
        const subsets = rules
          .filter((rule) => shortName(rule.spec.host) === shortName(host))
          .flatMap((rule) => rule.spec.subsets);
        if (subset === undefined || subsets.some((each) => each.name === subset)) return [];
        return [`${where}: ${host} has no subset ${subset}`];
      }),
    ];
  });
  return [...unknownHosts, ...wrongRoutes];
};

/** What is wrong with where calls go: weights, hosts, subsets and the pods behind them. */
export const routingFaults = (manifests: Manifest[]): string[] => {
  const rules = allOf(manifests, "DestinationRule", DestinationRule);
  return [
    ...rules.flatMap(({ metadata, spec }) => namingOf(metadata.name, spec.subsets)),
    ...emptySubsets(rules, manifests),
    ...allOf(manifests, "VirtualService", VirtualService).flatMap((each) => routesOf(each, rules, manifests)),
  ];
};
