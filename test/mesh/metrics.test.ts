import { expect, test, vi } from "vitest";
import { podsOf } from "./fixtures/kubectl.ts";
import { query } from "./fixtures/prometheus.ts";
import { probe } from "./fixtures/probers.ts";
import { report } from "./fixtures/report.ts";

const OURS = "app in (gateway, auth, ocr-api, ocr-worker, courier)";

test("Prometheus reaches every pod under STRICT mTLS", async () => {
  const pods = (await podsOf(OURS)).map(({ metadata }) => metadata.name);
  await vi.waitFor(
    async () => {
      const up = (await query('up{namespace="lectura"}')).filter(({ labels }) => pods.includes(labels["pod"] ?? ""));
      expect(new Set(up.map(({ labels }) => labels["pod"]))).toEqual(new Set(pods));
      expect(up.map(({ value }) => value)).toEqual(pods.map(() => 1));
    },
    { timeout: 60_000, interval: 2000 },
  );
  report("pods of the platform that Prometheus reaches", `${pods.length} of ${pods.length}`);
});

test.each([
  ["a service's own metrics", 'http_server_request_duration_seconds_count{namespace="lectura"}'],
  ["the queue's depth", 'ocr_queue_depth{namespace="lectura"}'],
  ["pages read", 'ocr_pages_total{namespace="lectura"}'],
  [
    "what its proxy says of its neighbours",
    'envoy_cluster_upstream_rq_total{namespace="lectura",cluster_name=~"outbound.*auth.*"}',
  ],
])("the merged endpoint has %s", async (_, promql) => {
  await vi.waitFor(async () => expect((await query(promql)).length).toBeGreaterThan(0), {
    timeout: 40_000,
    interval: 2000,
  });
});

test("nobody but Prometheus' namespace reads metrics", async () => {
  const [pod] = await podsOf("app=ocr-api");
  const [fromMesh] = await probe("gateway", [{ url: `http://${pod?.status.podIP}:9082/metrics` }]);
  const [fromOutside] = await probe("outside", [{ url: `http://${pod?.status.podIP}:9082/metrics` }]);
  expect(fromMesh?.status).not.toBe(200);
  expect(fromOutside?.status).not.toBe(200);
});
