import { execFile } from "node:child_process";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Manifest } from "./render.ts";

const root = join(import.meta.dirname, "../..");
const tests = join(root, "test");

const PACKAGES: [group: RegExp, name: string][] = [
  [/\.istio\.io$/, "@kubernetes-models/istio"],
  [/^gateway\.networking\.k8s\.io$/, "@kubernetes-models/gateway-api"],
  [/^keda\.sh$/, "@kubernetes-models/keda"],
  [/^networking\.gke\.io$/, "@kubernetes-models/gke"],
];

/** The module that has a kind's type and validation, made by others from the projects' own schemas. */
const moduleOf = ({ apiVersion, kind }: Manifest): string => {
  const group = apiVersion.includes("/") ? apiVersion.replace(/\/.*/, "") : "";
  const [, name = "kubernetes-models"] = PACKAGES.find(([pattern]) => pattern.test(group)) ?? [];
  return `${name}/${apiVersion}/${kind}`;
};

const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

const SETTINGS = {
  compilerOptions: { module: "nodenext", target: "es2024", strict: true, noEmit: true, skipLibCheck: true, types: [] },
  files: ["manifests.ts"],
};

/**
 * What the compiler says of the objects, each written down as a literal of its kind's type: that is how fields that the
 * type does not have come to light.
 */
const typeFaults = async (manifests: Manifest[]): Promise<string[]> => {
  // Below the folder that has the packages, or they would not be found.
  await using folder = await mkdtempDisposable(join(tests, "node_modules", ".manifests-"));
  const lines = manifests.map(
    (manifest) => `(${JSON.stringify(manifest)}) satisfies import("${moduleOf(manifest)}").I${manifest.kind};\n`,
  );
  await writeFile(join(folder.path, "manifests.ts"), lines.join(""));
  await writeFile(join(folder.path, "tsconfig.json"), JSON.stringify(SETTINGS));
  const output = await promisify(execFile)(join(root, "node_modules/.bin/tsc"), [
    "-p",
    folder.path,
    "--pretty",
    "false",
  ])
    .then(() => "")
    .catch((error: { stdout: string }) => error.stdout);
  return [...output.matchAll(/^.*manifests\.ts\((\d+),\d+\): error TS\d+: (.*)$/gm)].map(([, line, message]) => {
    const manifest = manifests[Number(line) - 1];
    return `${manifest ? nameOf(manifest) : ""}: ${message}`;
  });
};

const Model = z.custom<new (data: object) => { validate(): void }>((value) => typeof value === "function");

/** What the types cannot say: patterns, ranges, either this or that. */
const valueFault = async (manifest: Manifest): Promise<string[]> => {
  const module: unknown = await import(import.meta.resolve(moduleOf(manifest)));
  const Kind = z
    .record(z.string(), z.unknown())
    .transform((exports) => Model.parse(exports[manifest.kind]))
    .parse(module);
  try {
    new Kind(manifest).validate();
    return [];
  } catch (error) {
    return [`${nameOf(manifest)}: ${error instanceof Error ? error.message : error}`];
  }
};

/** Where objects are not as the schemas of their kinds say; a field that no schema knows is a fault, too. */
export const schemaFaults = async (manifests: Manifest[]): Promise<string[]> => [
  ...(await typeFaults(manifests)),
  ...(await Promise.all(manifests.map(valueFault))).flat(),
];
