import { beforeAll, expect, test } from "vitest";
import { sample, wordRecall } from "../fixtures/client.ts";
import { atTheEdge, type Edge } from "./fixtures/edge.ts";
import { kubectl, podsOf } from "./fixtures/kubectl.ts";
import { report } from "./fixtures/report.ts";

let edge: Edge;
beforeAll(async () => {
  edge = await atTheEdge();
});

test("the namespace refuses every pod that is not restricted", async () => {
  const label = await kubectl(
    "get",
    "namespace",
    "lectura",
    "-o",
    "jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}",
  );
  expect(label).toBe("restricted");
});

test("every pod of the platform runs with a proxy at its side", async () => {
  const pods = await podsOf("app in (gateway, auth, ocr-api, ocr-worker, redis)");
  const proxied = await kubectl(
    "get",
    "pods",
    "-l",
    "app in (gateway, auth, ocr-api, ocr-worker, redis)",
    "-o",
    'jsonpath={range .items[*]}{.metadata.name}{" "}{.spec.initContainers[*].name}{"\\n"}{end}',
  );
  expect(pods.length).toBeGreaterThanOrEqual(6);
  for (const line of proxied.trim().split("\n")) expect(line).toContain("istio-proxy");
});

test.each(["carta.png", "recibo.jpg", "informe.pdf"])("%s goes in at the edge and its text comes out", async (name) => {
  const { bytes, truth } = await sample(name);
  const began = performance.now();
  const { id } = await edge.client.submit(bytes);
  const document = await edge.client.untilFinal(id);
  expect(document.status).toBe("succeeded");
  report(`${name} through the mesh`, `${Math.round(performance.now() - began)} ms, ${document.pages.total} page(s)`);
  expect(wordRecall(await edge.client.text(id), truth)).toBeGreaterThan(0.9);
});

const readLimits = async (headers: Record<string, string>) => fetch(`${edge.url}/v1/limits`, { headers });

test("the edge refuses a wrong token and lets the gateway refuse a missing one", async () => {
  const forged = "eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.eyJpc3MiOiJub2JvZHkifQ.c2lnbmF0dXJl";
  const refused = await readLimits({ authorization: `Bearer ${forged}` });
  expect(refused.status).toBe(401);
  expect(refused.headers.get("x-trace-id"), "the gateway has seen the wrong token").toBeNull();
  const missing = await readLimits({});
  expect(missing.status).toBe(401);
  expect(await missing.json()).toMatchObject({ code: "missing-credentials" });
});
