import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient, sample } from "../fixtures/client.ts";
import { endPlatform, startPlatform, type TestPlatform } from "../fixtures/platform.ts";
import { readMetrics, type Served } from "./fixtures/exposition.ts";
import { expressions, foreignMetrics, rules } from "./fixtures/observability.ts";
import { selectorsOf } from "./fixtures/promql.ts";

const METRICS_OFFSET = 1000;
/** Labels that Prometheus adds to what it scrapes: its own, and those that the scrape configuration takes from the pod. */
const FROM_THE_SCRAPE = ["job", "instance", "namespace", "pod", "app", "version"];
/** Labels with few values, all of which one document and the start of the platform bring about. */
const WITH_KNOWN_VALUES = new Set(["service", "route", "method", "state", "le", "source"]);

let platform: TestPlatform;
let served: Served;

beforeAll(async () => {
  // Ports of its own: this file may run beside the system tests.
  platform = await startPlatform({ env: { LECTURA_PORT: "18280", LECTURA_ENGINE: "tesseract.js" } });
  const client = createClient(platform);
  const { bytes } = await sample("recibo.jpg");
  await client.submit(bytes);
  await client.submit(bytes, { headers: { prefer: "wait=60" } });
  await client.call("/v1/auth/me");
  const services = (await platform.processes()).filter(({ name }) => name !== "redis");
  const pages = services.map(async ({ port }) =>
    (await fetch(`http://127.0.0.1:${port + METRICS_OFFSET}/metrics`)).text(),
  );
  served = readMetrics(await Promise.all(pages));
});
afterAll(async () => endPlatform(platform));

const recorded = new Set(rules.flatMap(({ record }) => (record ? [record] : [])));
const foreign = new Set(Object.values(foreignMetrics).flatMap(({ metrics }) => metrics));
const read = expressions.flatMap(({ place, expr }) => selectorsOf(expr).map((selector) => ({ place, ...selector })));

test("every metric that a rule or a dashboard reads is served, recorded, or named with its source", () => {
  for (const { place, metric } of read) {
    expect(served.has(metric) || recorded.has(metric) || foreign.has(metric), `${place}: ${metric}`).toBe(true);
  }
});

test("every label that a condition names is one of the metric's, and so is its value", () => {
  for (const { place, metric, conditions } of read) {
    const labels = served.get(metric);
    if (!labels) continue;
    for (const { label, operator, value } of conditions) {
      expect([...labels.keys(), ...FROM_THE_SCRAPE], `${place}: ${metric}`).toContain(label);
      if (operator === "=" && WITH_KNOWN_VALUES.has(label))
        expect([...(labels.get(label) ?? [])], `${place}: ${metric}{${label}}`).toContain(value);
    }
  }
});

test("what is named as foreign is read, and is not ours", () => {
  const used = new Set(read.map(({ metric }) => metric));
  for (const metric of foreign) {
    expect(used.has(metric), `${metric} is read nowhere`).toBe(true);
    expect(served.has(metric), `${metric} is a service's own`).toBe(false);
  }
});

test("a misspelt metric would be noticed", () => {
  expect(served.has("ocr_queue_depth")).toBe(true);
  expect(served.get("http_server_request_duration_seconds_count")?.get("route")).toContain("/v1/documents");
  expect(served.has("ocr_queue_dept")).toBe(false);
});
