import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { kubectl, NAMESPACE, type Pod, podsOf } from "../mesh/fixtures/kubectl.ts";
import { run } from "./run.ts";

/** How many pods the overlay has of each service, half of them on each node. */
const PODS = { gateway: 2, auth: 2, "ocr-api": 2, "ocr-worker": 4, courier: 2, "lectura-istio": 2 };

export const platformPods = (): Promise<Pod[]> => podsOf("");

const isReady = ({ status }: Pod): boolean => status.containerStatuses?.every(({ ready }) => ready) ?? false;

/** Waits until every pod is there and ready. */
export const untilComplete = async (): Promise<void> => {
  for (const [name, pods] of Object.entries(PODS)) {
    await kubectl("wait", `--for=jsonpath={.status.readyReplicas}=${pods}`, "--timeout=300s", `deployment/${name}`);
  }
  while (!(await platformPods()).every(isReady)) await pause(500);
};

const perNode = (pods: Pod[]): Map<string, Pod[]> => Map.groupBy(pods, ({ spec }) => spec.nodeName);

export const describeNodes = (pods: Pod[]): string =>
  [...perNode(pods)].map(([node, { length }]) => `${length} on ${node}`).join(", ");

/** The fullest node without Redis, whose one pod cannot leave the disk of its node and so would be away for long. */
export const nodeToDrain = (pods: Pod[]): string => {
  const redis = pods.find(({ metadata }) => metadata.name === "redis-0")?.spec.nodeName;
  const [fullest] = [...perNode(pods)]
    .filter(([node]) => node !== redis)
    .toSorted(([, one], [, other]) => other.length - one.length);
  if (!fullest) throw new Error("every pod is on the node of Redis");
  return fullest[0];
};

/** Whether a node has its half of each service, so that to drain it means something. */
export const hasItsHalf = (pods: Pod[], node: string): boolean => {
  const names = pods.flatMap(({ metadata, spec }) => (spec.nodeName === node ? [metadata.name] : []));
  return Object.entries(PODS).every(([service, all]) => {
    const ofService = new RegExp(`^${service}-[^-]+-[^-]+$`);
    return names.filter((name) => ofService.test(name)).length === all / 2;
  });
};

/** Who has come since, and where. */
export const newcomers = (before: Pod[], after: Pod[]): string => {
  const known = new Set(before.map(({ metadata }) => metadata.name));
  return describePods(after.filter(({ metadata }) => !known.has(metadata.name)));
};

const describePods = (pods: Pod[]): string =>
  pods.map(({ metadata, spec }) => `${metadata.name} on ${spec.nodeName}`).join(", ");

interface Budget {
  name: string;
  healthy: number;
  desired: number;
}

/** Follows the disruption budgets until `stop`, which answers what they were at their lowest. */
const watchBudgets = () => {
  const columns = "{.metadata.name} {.status.currentHealthy} {.status.desiredHealthy}{'\\n'}";
  const child = spawn("kubectl", ["-n", NAMESPACE, "get", "pdb", "--watch", "-o", `jsonpath=${columns}`]);
  const lowest = new Map<string, Budget>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [name = "", healthy, desired] = line.split(" ");
    const now = { name, healthy: Number(healthy), desired: Number(desired) };
    const before = lowest.get(name);
    if (!before || now.healthy - now.desired < before.healthy - before.desired) lowest.set(name, now);
  });
  return {
    stop: async (): Promise<Budget[]> => {
      const closed = once(child, "close");
      child.kill();
      await closed;
      return [...lowest.values()];
    },
  };
};

/** Drains a node as an operator would: whether it came to its end, how often a budget made it wait, and the budgets. */
export const drain = async (node: string) => {
  const watch = watchBudgets();
  const options = ["--ignore-daemonsets", "--delete-emptydir-data", "--timeout=300s"];
  const said = await run("kubectl", "drain", node, ...options).catch((error: unknown) => String(error));
  const putOff = said.match(/would violate the pod's disruption budget/g)?.length ?? 0;
  return { done: said.includes(`node/${node} drained`), putOff, budgets: await watch.stop() };
};
