import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Manifest } from "../render.ts";
import { type Variable, type Workload, workloadsIn } from "./workload.ts";

const root = join(import.meta.dirname, "../../..");

const ALL = ["gateway", "auth", "ocr-api", "ocr-worker"];

/** What docs/environment.md, made from the services' own schemas, says of each variable. */
const documented = readFileSync(join(root, "docs/environment.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, first, , fallback, services = ""] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const name = /^`([A-Z_]+)`$/.exec(first ?? "")?.[1];
    return name
      ? [{ name, required: fallback === "required", services: services === "all" ? ALL : services.split(", ") }]
      : [];
  });
const names = new Set(documented.map(({ name }) => name));
/** Those of libraries and of Redis' own client besides. */
const isKnown = (name: string): boolean => names.has(name) || /^(OTEL_|AWS_)|^REDISCLI_AUTH$/.test(name);

const ConfigMap = z.looseObject({ data: z.record(z.string(), z.string()).default({}) });

/** A variable whose value opens something. */
const SECRET = /SECRET|PASSWORD|_KEY|REDIS_URL|REDISCLI_AUTH/;

type Secrets = Record<string, readonly string[]>;
interface Settings {
  configMaps: Map<string, Record<string, string>>;
  accounts: string[];
  claims: string[];
}

const configMapsIn = (manifests: Manifest[]): Map<string, Record<string, string>> =>
  new Map(
    manifests
      .filter(({ kind }) => kind === "ConfigMap")
      .map((manifest) => [manifest.metadata.name, ConfigMap.parse(manifest).data]),
  );

const variableFault = ({ name, value, valueFrom }: Variable, secrets: Secrets): string | undefined => {
  if (value !== undefined) return SECRET.test(name) ? `${name} is written out` : undefined;
  const from = valueFrom?.secretKeyRef;
  if (!from || secrets[from.name]?.includes(from.key)) return undefined;
  return `${name} is to come from ${from.key} of ${from.name}, which there is not`;
};

const environmentFaults = (service: string, env: Variable[], settings: string[]): string[] => {
  const given = [...env.map(({ name }) => name), ...settings];
  return [
    ...env.filter(({ name }) => !isKnown(name)).map(({ name }) => `no service knows ${name}`),
    ...documented
      .filter(({ services, required }) => required && services.includes(service))
      .filter(({ name }) => !given.includes(name))
      .map(({ name }) => `needs ${name}`),
  ];
};

const missing = (kind: string, there: Iterable<string>, wanted: (string | undefined)[]): string[] => {
  const found = new Set(there);
  return wanted.flatMap((name) => (name === undefined || found.has(name) ? [] : [`there is no ${kind} ${name}`]));
};

const workloadFaults = ({ spec }: Workload, there: Settings, secrets: Secrets): string[] => {
  const { containers, volumes, serviceAccountName } = spec.template.spec;
  const [{ env, envFrom, volumeMounts }] = containers;
  const claimed = volumes.map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName);
  const sources = envFrom.map(({ configMapRef }) => configMapRef.name);
  const mounted = volumes.map(({ configMap }) => configMap?.name);
  const places = [...volumes, ...spec.volumeClaimTemplates.map(({ metadata }) => metadata)].map(({ name }) => name);
  const mounts = volumeMounts.map(({ name }) => name);
  const settings = sources.flatMap((name) => Object.keys(there.configMaps.get(name) ?? {}));
  return [
    ...missing("ServiceAccount", there.accounts, [serviceAccountName]),
    ...missing("claim", there.claims, claimed),
    ...missing("ConfigMap", there.configMaps.keys(), [...sources, ...mounted]),
    ...missing("volume", places, mounts),
    ...env.flatMap((variable) => variableFault(variable, secrets) ?? []),
    ...environmentFaults(serviceAccountName, env, settings),
  ];
};

/**
 * Where something is told to a pod that is not there, or that no service knows; and every secret that is written out.
 * `secrets` are the keys of those that are made apart.
 */
export const configurationFaults = (manifests: Manifest[], secrets: Secrets): string[] => {
  const named = (kind: string): string[] =>
    manifests.filter((manifest) => manifest.kind === kind).map(({ metadata }) => metadata.name);
  const configMaps = configMapsIn(manifests);
  const there = { configMaps, accounts: named("ServiceAccount"), claims: named("PersistentVolumeClaim") };
  const workloads = workloadsIn(manifests);
  const told = new Set(
    workloads.flatMap(({ spec }) =>
      spec.template.spec.containers[0].envFrom.map(({ configMapRef }) => configMapRef.name),
    ),
  );
  return [
    ...named("Secret").map((name) => `Secret ${name}: is in git`),
    ...[...told].flatMap((name) =>
      Object.keys(configMaps.get(name) ?? {}).flatMap((key) => [
        ...(isKnown(key) ? [] : [`ConfigMap ${name}: no service knows ${key}`]),
        ...(SECRET.test(key) ? [`ConfigMap ${name}: ${key} is written out`] : []),
      ]),
    ),
    ...workloads.flatMap((workload) =>
      workloadFaults(workload, there, secrets).map((fault) => `${workload.metadata.name}: ${fault}`),
    ),
  ];
};
