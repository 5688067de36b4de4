import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Counter, createMetrics, Gauge, type Registry, serveMetrics } from "./metrics.ts";

/** A port of a service whose metrics port, 1000 above, was free just now. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await once(server.close(), "close");
  return typeof address === "object" && address ? address.port - 1000 : 0;
};

let registry: Registry;
let server: { close(): Promise<void> };
let url: string;

beforeEach(async () => {
  registry = createMetrics("tiny");
  const port = await freePort();
  server = await serveMetrics(registry, { host: "127.0.0.1", port });
  url = `http://127.0.0.1:${port + 1000}/metrics`;
});
afterEach(() => server.close());

const scrape = async (): Promise<string> => (await fetch(url)).text();

const collect = (): never => {
  throw new Error("redis is away");
};

describe("metrics", () => {
  test("are those of Node and the service's own, every series under the service's name", async () => {
    new Counter({ name: "pages_total", help: "pages", labelNames: ["source"], registers: [registry] }).inc({
      source: "ocr",
    });
    const text = await scrape();
    expect(text).toMatch(/^process_resident_memory_bytes\{service="tiny"\} \d+$/m);
    expect(text).toContain('pages_total{source="ocr",service="tiny"} 1');
    const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(series.filter((line) => !line.includes('service="tiny"'))).toEqual([]);
  });

  test("are served as Prometheus reads them, 1000 above the service's port, at /metrics alone", async () => {
    const answer = await fetch(url);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    await answer.text();
    expect((await fetch(new URL("/", url))).status).toBe(404);
  });

  test("of two registries in one process do not meet", async () => {
    new Counter({ name: "elsewhere_total", help: "elsewhere", registers: [createMetrics("other")] }).inc();
    expect(await scrape()).not.toContain("elsewhere_total");
  });

  test("that cannot be collected are an error, not an empty page", async () => {
    registry.registerMetric(new Gauge({ name: "depth", help: "depth", registers: [], collect }));
    const answer = await fetch(url);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain("redis is away");
  });

  test("cannot be asked for once the server is closed", async () => {
    await scrape();
    await server.close();
    await expect(scrape()).rejects.toThrow("fetch failed");
    server = { close: () => Promise.resolve() };
  });
});
