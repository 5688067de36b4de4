import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../fixtures/platform.ts";
import { clusterEnvironment, clusterTool } from "../mesh/cluster/tool.ts";
import { run } from "./run.ts";

/** Beside a cluster `lectura` that somebody works with. kind and scripts/kind-up.sh heed the variable of that name. */
export const KIND_CLUSTER_NAME = "lectura-drain";
export const KUBECONFIG = join(root, ".lectura/kind-drain.kubeconfig");
const S3_IMAGE = "lectura/test-s3:dev";

/** Where there is a cluster tool, nothing has to come from a registry of images. */
const byClusterTool = async (): Promise<NodeJS.ProcessEnv> => {
  const { PATH } = await clusterEnvironment();
  const [image] = /kindest\/node:[\w.-]+/.exec(await run(clusterTool, "kind-image")) ?? [];
  return {
    PATH,
    KIND_NODE_IMAGE: image,
    SANDBOX_CLUSTER_KIND: KIND_CLUSTER_NAME,
    LECTURA_IMAGE_BUILD: `${clusterTool} build`,
    LECTURA_INSTALL_ISTIO: `${clusterTool} istio -f istio/install/values.yaml`,
    LECTURA_INSTALL_TRACING: `${clusterTool} observability`,
    LECTURA_LOAD_IMAGES: `redis:7-bookworm ${S3_IMAGE}`,
  };
};

/** Makes the cluster of three nodes as scripts/kind-up.sh makes one, with the overlay beside this file and its bucket. */
export const createCluster = async (): Promise<void> => {
  Object.assign(process.env, {
    KUBECONFIG,
    KIND_CLUSTER_NAME,
    KIND_CONFIG: "kind/three-nodes.yaml",
    LECTURA_OVERLAY: "test/kind/overlay",
    LECTURA_LOAD_IMAGES: S3_IMAGE,
    // For the Secret; moto takes any.
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    ...(existsSync(clusterTool) && (await byClusterTool())),
  });
  await deleteCluster();
  const [builder = "", ...build] = (process.env["LECTURA_IMAGE_BUILD"] ?? "docker build").split(" ");
  await run(builder, ...build, "test/kind/s3", "-t", S3_IMAGE);
  await run("scripts/kind-up.sh");
  // While the only istiod moves, the proxies have no news for half a minute and go on calling pods that have ended.
  await run("kubectl", "-n", "istio-system", "scale", "deployment/istiod", "--replicas=2");
  await run("kubectl", "-n", "istio-system", "rollout", "status", "deployment/istiod", "--timeout=120s");
};

export const deleteCluster = async (): Promise<void> => {
  await run("kind", "delete", "cluster", "--name", KIND_CLUSTER_NAME);
};
