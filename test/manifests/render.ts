import { execFile } from "node:child_process";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { provideKustomize, toolsDir } from "@lectura/local";
import { parseAllDocuments } from "yaml";
import { z } from "zod";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

const say = (message: string): void => void process.stderr.write(`${message}\n`);
const kustomize = await provideKustomize({ toolsDir, log: { info: say, warn: say } });

/** A Kubernetes object as far as every one of them is alike. */
export const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type Manifest = z.infer<typeof Manifest>;

/** The objects in a text of YAML documents. */
export const manifestsIn = (yaml: string): Manifest[] =>
  parseAllDocuments(yaml).map((document) => Manifest.parse(document.toJS()));

/** What Kustomize makes of a folder of the repository. */
export const render = async (folder: string): Promise<Manifest[]> => {
  const [program, verb] = kustomize;
  const { stdout } = await run(program, [verb, resolve(root, folder)], { maxBuffer: 64e6 });
  return manifestsIn(stdout);
};

/** What Kustomize makes of folders of the repository that no overlay has together, and of what is changed in them. */
export const combine = async ({
  resources,
  components,
  ...changes
}: {
  resources: string[];
  components: string[];
  images?: unknown;
  patches?: unknown;
}): Promise<Manifest[]> => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "lectura-manifests-"));
  const here = (paths: string[]): string[] => paths.map((path) => relative(folder.path, resolve(root, path)));
  const kustomization = { resources: here(resources), components: here(components), ...changes };
  await writeFile(join(folder.path, "kustomization.yaml"), JSON.stringify(kustomization));
  return await render(folder.path);
};
