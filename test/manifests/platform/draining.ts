import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../render.ts";
import { workloadsIn } from "./workload.ts";

const services = join(import.meta.dirname, "../../../services");

/** So many seconds a service gives itself to stop; nothing for what is none of ours. */
const ownGrace = (service: string): number => {
  const main = join(services, service, "src/main.ts");
  if (!existsSync(main)) return 0;
  const milliseconds = /^ {2}grace: ([\d_]+),$/m.exec(readFileSync(main, "utf8"))?.[1];
  if (milliseconds === undefined) throw new Error(`${main} no longer says its grace time where this looks for it`);
  return Number(milliseconds.replaceAll("_", "")) / 1000;
};

/** Where a pod is killed before it is done with stopping. */
export const drainingFaults = (manifests: Manifest[]): string[] =>
  workloadsIn(manifests).flatMap(({ metadata: { name }, spec }) => {
    const { containers, serviceAccountName, terminationGracePeriodSeconds: given } = spec.template.spec;
    const needed = (containers[0].lifecycle?.preStop.sleep.seconds ?? 0) + ownGrace(serviceAccountName);
    return given > needed ? [] : [`${name}: needs ${needed} s to stop and is killed after ${given} s`];
  });
