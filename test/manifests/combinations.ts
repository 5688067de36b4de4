import { combine, type Manifest, render } from "./render.ts";

const OVERLAYS = ["kind", "kind-mesh", "dev", "gke", "gke-mesh"];

/** What is sensible to take besides: an overlay, and the components after it. */
const TOGETHER = [
  ["kind", "s3"],
  ["kind", "keda"],
  ["kind", "monitoring"],
  ["kind", "managed-redis"],
  ["kind", "s3", "managed-redis", "keda", "monitoring"],
  ["kind", "chaos/redis-blackhole"],
  ["kind", "mesh"],
  ["kind", "mesh", "auth-canary"],
  ["kind-mesh", "s3", "mesh/s3"],
  ["kind-mesh", "keda"],
  ["kind-mesh", "s3", "mesh/s3", "managed-redis", "mesh/managed-redis", "keda"],
  ["kind-mesh", "chaos/auth-delay"],
  ["kind-mesh", "chaos/auth-abort"],
  ["kind-mesh", "chaos/redis-blackhole"],
  ["gke", "keda", "monitoring"],
  ["gke", "managed-redis"],
  ["gke-mesh", "keda"],
  ["gke-mesh", "managed-redis", "mesh/managed-redis"],
];

/** Every overlay, and every sensible combination, by what one would say it is. */
export const combinations = [...OVERLAYS.map((overlay) => [overlay]), ...TOGETHER].map((parts) => parts.join(" + "));

/** The manifests of a combination. */
export const build = async (combination: string): Promise<Manifest[]> => {
  const [overlay = "", ...components] = combination.split(" + ");
  if (components.length === 0) return render(`k8s/overlays/${overlay}`);
  return combine({
    resources: [`k8s/overlays/${overlay}`],
    components: components.map((name) => `k8s/components/${name}`),
  });
};
