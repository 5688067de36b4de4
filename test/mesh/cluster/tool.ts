import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { root } from "../../fixtures/platform.ts";

const run = promisify(execFile);

const CACHE =
  process.env["SANDBOX_CLUSTER_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sandbox-cluster");

/** What is built last of all; with it the cluster starts within a minute, without it it takes the better part of an hour. */
const BUILT = ["kube-apiserver", "pilot-discovery", "jaeger", "prometheus"].map((name) => join(CACHE, "bin", name));

/** The program that makes a real Kubernetes with Istio on this machine: `LECTURA_CLUSTER`, or the one beside the checkout. */
export const clusterTool = resolve(root, process.env["LECTURA_CLUSTER"] ?? "../shared/cluster/cluster");

/** Why the tests cannot run here within minutes; undefined where they can. */
export const whyNotWarm = (): string | undefined => {
  if (!existsSync(clusterTool))
    return `there is no cluster tool at ${clusterTool} (LECTURA_CLUSTER names another place)`;
  const missing = BUILT.find((path) => !existsSync(path));
  return missing && `the cluster tool has not built ${missing} yet (${clusterTool} up, istio, observability)`;
};

/** Runs one of the tool's commands; what it says is shown as it comes. */
export const cluster = async (...args: string[]): Promise<void> => {
  const child = run(clusterTool, args, { maxBuffer: 64e6 });
  child.child.stdout?.pipe(process.stderr);
  child.child.stderr?.pipe(process.stderr);
  await child;
};

/** The environment in which kubectl and istioctl speak to the cluster. */
export const clusterEnvironment = async (): Promise<NodeJS.ProcessEnv> => {
  const { stdout } = await run(clusterTool, ["env"]);
  const [, kubeconfig = "", path = ""] = /KUBECONFIG=(\S+) PATH=([^:]+)/.exec(stdout) ?? [];
  return { ...process.env, KUBECONFIG: kubeconfig, PATH: `${path}:${process.env["PATH"]}` };
};
