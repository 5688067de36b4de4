import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { build, combinations } from "./combinations.ts";
import { configurationFaults } from "./platform/configuration.ts";
import { drainingFaults } from "./platform/draining.ts";
import { podFaults } from "./platform/pod.ts";
import { scalingFaults } from "./platform/scaling.ts";
import { selectionFaults } from "./platform/selection.ts";
import { schemaFaults } from "./schemas.ts";

const keysOfSecret = async (env: Record<string, string>): Promise<string[]> => {
  const script = join(import.meta.dirname, "../../scripts/make-secrets.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
  const { stringData }: { stringData: Record<string, string> } = JSON.parse(stdout);
  return Object.keys(stringData);
};
const secrets = {
  "lectura-secrets": await keysOfSecret({ AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any" }),
};

const built = new Map(
  await Promise.all(combinations.map(async (combination) => [combination, await build(combination)] as const)),
);

describe.each([...built])("%s", (combination, manifests) => {
  test("has pods that pod security lets in, and that are what they must be", () => {
    const writable = /securityContext\.readOnlyRootFilesystem: /;
    const faults = podFaults(manifests);
    expect(faults.filter((fault) => combination !== "dev" || !writable.test(fault))).toEqual([]);
  });

  test("selects, scales and configures what is there, has no secret, and time to stop", () => {
    expect([
      ...selectionFaults(manifests),
      ...scalingFaults(manifests),
      ...configurationFaults(manifests, secrets),
      ...drainingFaults(manifests),
    ]).toEqual([]);
  });

  test("is all in the platform's namespace, but for what monitoring finds in its own", () => {
    const elsewhere = manifests.filter(
      ({ kind, metadata }) => kind !== "Namespace" && metadata.namespace !== "lectura",
    );
    const monitoring = ["ConfigMap lectura-dashboards istio-system", "ConfigMap prometheus-rules istio-system"];
    const names = elsewhere.map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.namespace}`);
    expect(names.filter((name) => !monitoring.includes(name))).toEqual([]);
  });
});

test("every object of every combination is as the schema of its kind says", async () => {
  const different = new Map([...built.values()].flat().map((manifest) => [JSON.stringify(manifest), manifest]));
  expect(await schemaFaults([...different.values()])).toEqual([]);
});
