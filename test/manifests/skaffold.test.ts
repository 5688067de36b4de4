import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import skaffoldSchema from "./fixtures/skaffold-v4beta14.json" with { type: "json" };
import { workloadsIn } from "./platform/workload.ts";
import { render } from "./render.ts";

// Skaffold itself is not run here. The schema is its own (v2.24, Apache-2.0), without the descriptions.
const isValid = new Ajv({ strict: false }).compile(skaffoldSchema);

const root = join(import.meta.dirname, "../..");
const read = (path: string): unknown => parse(readFileSync(join(root, path), "utf8"));

const Artifact = z.looseObject({
  image: z.string(),
  docker: z.looseObject({ dockerfile: z.string(), buildArgs: z.record(z.string(), z.string()).optional() }),
  sync: z.looseObject({ manual: z.array(z.looseObject({ src: z.string() })) }).optional(),
});
const Part = z.looseObject({
  build: z.looseObject({ artifacts: z.array(Artifact) }).optional(),
  manifests: z.looseObject({ kustomize: z.looseObject({ paths: z.tuple([z.string()]) }) }),
});
const Skaffold = Part.extend({
  deploy: z.looseObject({ kubeContext: z.string() }),
  profiles: z.array(Part.extend({ name: z.string() })),
});

const file = read("skaffold.yaml");
const skaffold = Skaffold.parse(file);

test("the file is as Skaffold's schema says, which takes no field that it does not know", () => {
  expect(isValid(file), JSON.stringify(isValid.errors)).toBe(true);
  expect(isValid({ ...skaffold, deploy: { ...skaffold.deploy, statusChek: true } })).toBe(false);
});

describe.each([{ ...skaffold, name: "default" }, ...skaffold.profiles])("profile $name", ({ build, manifests }) => {
  const artifacts = build?.artifacts ?? skaffold.build?.artifacts ?? [];

  test("builds what its overlay runs, each service from its own sources", async () => {
    const images = workloadsIn(await render(manifests.kustomize.paths[0])).map(({ spec }) =>
      String(spec.template.spec.containers[0]["image"]).replace(/:[^:]*$/, ""),
    );
    expect(artifacts.map(({ image }) => image).toSorted()).toEqual(
      [...new Set(images)].filter((image) => image !== "redis").toSorted(),
    );
    for (const { image, docker } of artifacts) {
      const service = image.replace(/.*\//, "");
      const worker = service === "ocr-worker";
      expect(docker.dockerfile).toBe(worker ? "docker/Dockerfile.worker" : "docker/Dockerfile");
      expect(docker.buildArgs).toEqual(worker ? undefined : { SERVICE: service });
    }
  });

  test("copies files that there are, of the service and of the packages", () => {
    for (const { image, sync } of artifacts.filter((artifact) => artifact.sync)) {
      const sources = (sync?.manual ?? []).map(({ src }) => src);
      const service = `services/${image.replace("lectura/", "")}/src/**/*.ts`;
      expect(sources).toEqual(["packages/*/src/**/*.ts", "packages/*/lua/*.lua", service]);
      for (const source of sources) expect(globSync(source, { cwd: root }), source).not.toEqual([]);
    }
  });
});

test("what it deploys to by default is the cluster that kind/ makes, with the port that the overlays serve", async () => {
  const Cluster = z.looseObject({
    name: z.string(),
    nodes: z.array(z.looseObject({ extraPortMappings: z.array(z.looseObject({ containerPort: z.int() })).optional() })),
  });
  for (const name of ["cluster", "three-nodes"]) {
    const cluster = Cluster.parse(read(`kind/${name}.yaml`));
    expect(`kind-${cluster.name}`).toBe(skaffold.deploy.kubeContext);
    const [port] = cluster.nodes[0]?.extraPortMappings ?? [];
    for (const overlay of ["kind", "dev", "kind-mesh"]) {
      const text = JSON.stringify(await render(`k8s/overlays/${overlay}`));
      expect([...text.matchAll(/nodePort\W+(\d+)/g)].map((match) => Number(match[1]))).toEqual([port?.containerPort]);
    }
  }
});
