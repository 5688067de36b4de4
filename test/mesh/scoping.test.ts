import { expect, test, vi } from "vitest";
import { apply, kubectl, kubectlWith, podOf } from "./fixtures/kubectl.ts";
import { proberSidecar } from "./fixtures/prober-manifests.ts";

/** Whom a pod's proxy knows a way to, by `host:port` of the platform. */
const neighbours = async (app: string): Promise<string[]> => {
  const { metadata } = await podOf(`app=${app}`);
  const clusters = await kubectl(
    "exec",
    metadata.name,
    "-c",
    "istio-proxy",
    "--",
    "pilot-agent",
    "request",
    "GET",
    "clusters",
  );
  const found = clusters.matchAll(/^outbound\|(\d+)\|[^|]*\|([\w-]+)\.lectura\.svc\.cluster\.local::/gm);
  return [...new Set([...found].map(([, port, host]) => `${host}:${port}`))].toSorted((a, b) => a.localeCompare(b));
};

test.each([
  ["gateway", ["auth:8081", "ocr-api:8082", "redis:6379"]],
  ["auth", ["redis:6379"]],
  // The proxy itself fetches the keys that verify tokens.
  ["ocr-api", ["auth-keys:8081", "auth:8081", "redis:6379"]],
  ["ocr-worker", ["redis:6379"]],
  ["courier", ["redis:6379"]],
  ["redis", []],
])("the proxy of %s knows a way to nobody but %s", async (app, known) => {
  expect(await neighbours(app)).toEqual(known);
});

test.each(["gateway", "ocr-worker"])("%s reaches nothing outside of the mesh", async (app) => {
  const { metadata } = await podOf(`app=${app}`);
  const script = `fetch("http://192.0.2.10/", { signal: AbortSignal.timeout(3000) }).then(
    (answer) => console.log("status " + answer.status), (error) => console.log("failed"))`;
  const said = await kubectl("exec", metadata.name, "-c", app, "--", "node", "-e", script);
  expect(said.trim()).toMatch(/^failed|status 502/);
});

test("the proxy of a workload that the call graph does not know knows a way to nobody", async () => {
  await kubectlWith(JSON.stringify(proberSidecar), "delete", "-f", "-");
  try {
    await vi.waitFor(async () => expect(await neighbours("prober")).toEqual([]), { timeout: 10_000, interval: 500 });
  } finally {
    await apply(proberSidecar);
  }
});
