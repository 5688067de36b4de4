import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { root } from "../../fixtures/platform.ts";
import { apply, kubectl, NAMESPACE, rolledOut } from "../fixtures/kubectl.ts";
import { cluster } from "./tool.ts";

const run = promisify(execFile);

const IMAGES = [
  ["gateway", "docker/Dockerfile"],
  ["auth", "docker/Dockerfile"],
  ["ocr-api", "docker/Dockerfile"],
  ["courier", "docker/Dockerfile"],
  ["ocr-worker", "docker/Dockerfile.worker"],
] as const;

const docker = async (...args: string[]): Promise<string> => (await run("docker", args)).stdout.trim();

/** Builds the images of the checkout in `folder`, brings them to the node, and answers each one's tag, made of its content. */
export const buildImages = async (folder = root): Promise<Map<string, string>> => {
  const tags = new Map<string, string>();
  for (const [service, dockerfile] of IMAGES) {
    const image = `lectura/${service}`;
    await cluster(
      "build",
      folder,
      "-f",
      join(folder, dockerfile),
      "-t",
      `${image}:dev`,
      "--build-arg",
      `SERVICE=${service}`,
    );
    const id = await docker("image", "inspect", "-f", "{{.Id}}", `${image}:dev`);
    const tag = id.replace("sha256:", "").slice(0, 12);
    await docker("tag", `${image}:dev`, `${image}:${tag}`);
    tags.set(service, tag);
  }
  await cluster("load", "redis:7-bookworm", ...[...tags].map(([service, tag]) => `lectura/${service}:${tag}`));
  return tags;
};

const folder = join(root, ".lectura", "mesh");

const applyKustomization = async (kustomization: object): Promise<void> => {
  await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
  await run("kubectl", ["apply", "-k", folder], { maxBuffer: 64e6 });
  const workloads = await kubectl("get", "deployments,statefulsets", "-o", "name");
  for (const workload of workloads.trim().split("\n")) await rolledOut(workload);
};

const inFolder = (path: string): string => relative(folder, join(root, "k8s", path));

/** Puts the platform as an overlay has it onto the cluster, with these images, and waits until all of it is there. */
export const deploy = async (overlay: string, tags: Map<string, string>): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await makeSecrets();
  await applyKustomization({
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [inFolder(`overlays/${overlay}`)],
    images: [...tags].map(([service, newTag]) => ({ name: `lectura/${service}`, newTag })),
  });
};

/** Does `work` on the deployed platform with components added to it, and takes them away again. */
export const withComponents = async <T>(components: string[], work: () => Promise<T>): Promise<T> => {
  const plain: object = JSON.parse(await readFile(join(folder, "kustomization.yaml"), "utf8"));
  await applyKustomization({ ...plain, components: components.map((name) => inFolder(`components/${name}`)) });
  try {
    return await work();
  } finally {
    await applyKustomization(plain);
  }
};

/** The secrets of a first installation; those that are there stay. */
const makeSecrets = async (): Promise<void> => {
  await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  const found = await kubectl("get", "secret", "lectura-secrets", "--ignore-not-found", "-o", "name");
  if (found) return;
  const { stdout } = await run(process.execPath, [join(root, "scripts/make-secrets.ts")]);
  await apply(stdout);
};
