import { type Caller, readCallGraph, Service } from "@lectura/mesh";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apply, kubectl, kubectlWith, type Pod, podOf } from "./fixtures/kubectl.ts";
import { proberPolicies } from "./fixtures/prober-manifests.ts";
import { probe } from "./fixtures/probers.ts";
import { report } from "./fixtures/report.ts";

const graph = readCallGraph();
const services = Service.options;
const callers: Caller[] = ["edge", ...services];

const manifest = { apiVersion: "v1", kind: "List", items: proberPolicies };

// The other tests open the network to their probers, to see the mesh alone; here the network itself is looked at.
beforeAll(() => kubectlWith(JSON.stringify(manifest), "delete", "-f", "-"));
afterAll(() => apply(manifest));

const podOfCaller = (caller: Caller): Promise<Pod> =>
  podOf(caller === "edge" ? `gateway.networking.k8s.io/gateway-name=${graph.edge.gateway}` : `app=${caller}`);

/** Whether packets get from a pod to an address: what its proxy sends is not caught by itself again. */
const gets = async (from: Pod, address: string): Promise<boolean> => {
  const curl = ["curl", "-s", "-m", "3", "-o", "/dev/null", "-w", "%{time_connect}", `http://${address}/`];
  // A proxy hangs up on plain HTTP, and curl ends with an error: that it was connected is all that counts.
  const script = `${curl.map((word) => `'${word}'`).join(" ")} || true`;
  const connected = await kubectl("exec", from.metadata.name, "-c", "istio-proxy", "--", "sh", "-c", script);
  return Number(connected) > 0;
};

test("who is let through by the network is who calls by the call graph", async () => {
  const pods = new Map(await Promise.all(callers.map(async (caller) => [caller, await podOfCaller(caller)] as const)));
  const through = async (from: Caller, to: Service): Promise<boolean> => {
    const [source, target] = [pods.get(from), pods.get(to)];
    return (
      source !== undefined && target !== undefined && gets(source, `${target.status.podIP}:${graph.services[to].port}`)
    );
  };
  const pairs = callers.flatMap((from) => services.filter((to) => to !== from).map((to) => [from, to] as const));
  const found = await Promise.all(pairs.map(async ([from, to]) => `${from} → ${to}: ${await through(from, to)}`));
  const expected = pairs.map(([from, to]) => {
    const calls = graph.calls.some((call) => call.from.includes(from) && call.to.includes(to));
    return `${from} → ${to}: ${calls}`;
  });
  report(
    "network: pairs of pods, and those let through",
    `${pairs.length}, ${found.filter((line) => line.endsWith("true")).length}`,
  );
  expect(found).toEqual(expected);
});

test.each(callers)("every proxy reaches istiod and the trace collector: %s", async (caller) => {
  const pod = await podOfCaller(caller);
  expect(await gets(pod, "istiod.istio-system:15012")).toBe(true);
  expect(await gets(pod, "zipkin.istio-system:9411")).toBe(true);
});

test.each(callers)("every pod finds names: %s", async (caller) => {
  const { metadata } = await podOfCaller(caller);
  const found = await kubectl(
    "exec",
    metadata.name,
    "-c",
    "istio-proxy",
    "--",
    "getent",
    "hosts",
    "auth.lectura.svc.cluster.local",
  );
  expect(found).toContain("auth");
});

test.each(["gateway", "auth", "ocr-api", "ocr-worker"] as const)(
  "%s gets to nothing outside of the cluster",
  async (app) => {
    // The API server's address: outside of the pods' network, and there.
    expect(await gets(await podOf(`app=${app}`), "kubernetes.default:443")).toBe(false);
  },
);

test("courier, which alone gets out, gets to no private address: neither the API server nor a neighbour", async () => {
  const courier = await podOf("app=courier");
  expect(await gets(courier, "kubernetes.default:443")).toBe(false);
  expect(await gets(courier, "auth.lectura:8081")).toBe(false);
  expect(await gets(courier, "169.254.169.254:80")).toBe(false);
});

test("a pod that no policy knows reaches nobody", async () => {
  const { status } = await podOf("app=gateway");
  const [answer] = await probe("stranger", [{ url: `http://${status.podIP}:8080/livez` }]);
  expect(answer?.status).not.toBe(200);
  expect(await gets(await podOf("app=prober,account=stranger"), `${status.podIP}:8080`)).toBe(false);
});

test("from another namespace no service is reached", async () => {
  for (const service of services) {
    const { status } = await podOf(`app=${service}`);
    const [answer] = await probe("outside", [{ host: status.podIP, port: graph.services[service].port, line: "PING" }]);
    expect(answer?.error, service).toMatch(/timeout|ECONNREFUSED|EHOSTUNREACH/);
  }
});
