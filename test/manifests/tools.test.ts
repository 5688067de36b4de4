import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { change } from "./mesh/change.ts";
import { type Manifest, render } from "./render.ts";

// The tools of a warm cluster cache, or of PATH. The checks that always run need none of them.
const folders = [process.env["LECTURA_CLUSTER_TOOLS"], ...(process.env["PATH"] ?? "").split(delimiter)];
const find = (program: string): string | undefined =>
  folders.flatMap((folder) => (folder ? [join(folder, program)] : [])).find((path) => existsSync(path));

const [istioctl, linter, conform] = [find("istioctl"), find("kube-linter"), find("kubeconform")];
// Its own default would fetch them; those of the cluster tool lie beside its programs.
const schemas = conform && join(dirname(conform), "../schemas");
const kubeconform = schemas && existsSync(schemas) ? conform : undefined;

const absent = Object.entries({ kubeconform, "kube-linter": linter, "istioctl analyze": istioctl }).flatMap(
  ([name, path]) => (path ? [] : [name]),
);
if (absent.length > 0) {
  const where = "LECTURA_CLUSTER_TOOLS names the folder of the tools";
  process.stderr.write(`The manifests are not checked by ${absent.join(", ")}, not found here (${where}).\n`);
}

/** What a tool says of manifests; fails when it finds a fault. */
const ask = async (program: string | undefined, args: string[], manifests: Manifest[]): Promise<string> => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "lectura-tools-"));
  const file = join(folder.path, "manifests.yaml");
  await writeFile(file, manifests.map((manifest) => stringify(manifest)).join("---\n"));
  const { stdout, stderr } = await promisify(execFile)(program ?? "", [...args, file], { maxBuffer: 16e6 });
  return stdout + stderr;
};

const strictly = [
  ["-strict", "-summary"],
  ["-schema-location", `${schemas}/{{ .ResourceKind }}-{{ .Group }}-{{ .ResourceAPIVersion }}.json`],
].flat();

describe.runIf(kubeconform)("kubeconform", () => {
  test.each(["kind", "kind-mesh"])("finds every object of %s valid", async (overlay) => {
    expect(await ask(kubeconform, strictly, await render(`k8s/overlays/${overlay}`))).toContain(
      "Invalid: 0, Errors: 0",
    );
  });

  test("finds a field that there is not", async () => {
    const manifests = change(await render("k8s/overlays/kind"), "Service/redis", "spec.port", 6379);
    const said = { stdout: expect.stringContaining("additional properties 'port' not allowed") };
    await expect(ask(kubeconform, strictly, manifests)).rejects.toMatchObject(said);
  });
});

describe.runIf(linter)("kube-linter", () => {
  test.each(["kind-mesh", "gke-mesh"])("finds nothing in %s", async (overlay) => {
    await expect(ask(linter, ["lint"], await render(`k8s/overlays/${overlay}`))).resolves.toBeDefined();
  });
});

describe.runIf(istioctl)("istioctl analyze", () => {
  const settings = ["analyze", "--use-kube=false", "--all-namespaces", "--failure-threshold", "Warning"];

  test.each(["kind-mesh", "gke-mesh"])("finds nothing in %s", async (overlay) => {
    const manifests = await render(`k8s/overlays/${overlay}`);
    expect(await ask(istioctl, settings, manifests)).toContain("No validation issues found");
  });

  test("finds a subset that there is not", async () => {
    const manifests = await render("k8s/overlays/kind-mesh");
    const broken = change(manifests, "DestinationRule/auth-canary-dr", "spec.subsets.1.name", "rash-group");
    const said = { stdout: expect.stringContaining("IST0101") };
    await expect(ask(istioctl, settings, broken)).rejects.toMatchObject(said);
  });
});
