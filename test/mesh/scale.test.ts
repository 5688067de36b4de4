import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { longDocument } from "../fixtures/long-document.ts";
import { atTheEdge, type Edge } from "./fixtures/edge.ts";
import { kubectl, podsOf } from "./fixtures/kubectl.ts";
import { report } from "./fixtures/report.ts";

const PAGES = 60;
const DOCUMENTS = 4;

let edge: Edge;
let before: { autoscaler: string; deployment: string };

// What one worker of this machine can do is more than its two cores give to four: with a small request they all fit, and
// their load is seen as high.
beforeAll(async () => {
  edge = await atTheEdge();
  before = {
    autoscaler: await kubectl("get", "hpa", "ocr-worker", "-o", "jsonpath={.spec}"),
    deployment: await kubectl(
      "get",
      "deployment",
      "ocr-worker",
      "-o",
      "jsonpath={.spec.template.spec.containers[0].resources.requests.cpu}",
    ),
  };
  await requestCpu("100m");
  await kubectl(
    "patch",
    "hpa",
    "ocr-worker",
    "--type=merge",
    "-p",
    JSON.stringify({
      spec: {
        minReplicas: 1,
        maxReplicas: 4,
        behavior: { scaleDown: { stabilizationWindowSeconds: 15 } },
      },
    }),
  );
});
afterAll(async () => {
  await kubectl(
    "patch",
    "hpa",
    "ocr-worker",
    "--type=merge",
    "-p",
    JSON.stringify({ spec: JSON.parse(before.autoscaler) }),
  );
  await requestCpu(before.deployment);
});

const requestCpu = (cpu: string): Promise<string> =>
  kubectl(
    "patch",
    "deployment",
    "ocr-worker",
    "-p",
    JSON.stringify({
      spec: { template: { spec: { containers: [{ name: "ocr-worker", resources: { requests: { cpu } } }] } } },
    }),
  );

const workers = async (): Promise<number> => (await podsOf("app=ocr-worker")).length;

test("load brings more workers, its end fewer, and no page is lost on the way", async () => {
  await vi.waitFor(async () => expect(await workers()).toBe(1), { timeout: 120_000, interval: 1000 });
  const documents = await Promise.all(
    Array.from({ length: DOCUMENTS }, async () =>
      edge.client.submit(await longDocument(PAGES), {
        query: "?text_layer=ignore&languages=spa",
        headers: { "cache-control": "no-cache" },
      }),
    ),
  );
  const began = performance.now();
  await vi.waitFor(async () => expect(await workers()).toBe(4), { timeout: 180_000, interval: 1000 });
  report("1 → 4 workers by load", `${Math.round((performance.now() - began) / 1000)} s`);
  const done = await Promise.all(documents.map(({ id }) => edge.client.untilFinal(id)));
  for (const document of done)
    expect(document).toMatchObject({ status: "succeeded", pages: { total: PAGES, done: PAGES, failed: 0 } });
  const ended = performance.now();
  await vi.waitFor(async () => expect(await workers()).toBe(1), { timeout: 240_000, interval: 1000 });
  report(
    "4 → 1 workers after it",
    `${Math.round((performance.now() - ended) / 1000)} s; pages lost: 0 of ${PAGES * DOCUMENTS}`,
  );
  for (const { id } of done) expect((await edge.client.text(id)).split("\f")).toHaveLength(PAGES);
}, 900_000);
