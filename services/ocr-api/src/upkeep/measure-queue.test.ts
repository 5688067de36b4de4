import { createMetrics, type Registry } from "@lectura/telemetry";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWire } from "../fixtures/wire.ts";
import { startOcrApi, type TestOcrApi } from "../fixtures/start-ocr-api.ts";
import { measureQueue } from "./measure-queue.ts";

let wire: Awaited<ReturnType<typeof createWire>>;
let api: TestOcrApi;
let metrics: Registry;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  wire = await createWire(process.env["REDIS_URL"]);
  api = await startOcrApi(wire.url);
  metrics = createMetrics("ocr-api");
  measureQueue(metrics, api);
});
afterEach(async () => {
  vi.useRealTimers();
  await api.close();
  await wire.close();
});

/** The queue's series at a scrape. */
const scrape = async (): Promise<string[]> =>
  (await metrics.metrics()).split("\n").filter((line) => line.startsWith("ocr_queue_"));

const pass = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000);

describe("the queue's metrics", () => {
  it("are its depth by state and the age of the document that has waited longest", async () => {
    const { id } = await api.submitted();
    pass(60);
    await api.submitted();
    pass(30);
    expect(await scrape()).toEqual([
      'ocr_queue_depth{state="wait",service="ocr-api"} 2',
      'ocr_queue_depth{state="active",service="ocr-api"} 0',
      'ocr_queue_depth{state="delayed",service="ocr-api"} 0',
      'ocr_queue_oldest_seconds{service="ocr-api"} 90',
    ]);
    await api.documents.start({ document: id, attempt: 1 });
    expect(await scrape()).toContain('ocr_queue_oldest_seconds{service="ocr-api"} 30');
  });

  it("say that nobody waits by an age of 0", async () => {
    expect(await scrape()).toContain('ocr_queue_oldest_seconds{service="ocr-api"} 0');
  });

  it("do not count time backwards for a document whose ocr-api had a clock ahead of this one's", async () => {
    await api.submitted();
    pass(-5);
    expect(await scrape()).toContain('ocr_queue_oldest_seconds{service="ocr-api"} 0');
  });

  it("are left out while Redis is away, and there again afterwards", async () => {
    await api.submitted();
    expect(await scrape()).toHaveLength(4);
    wire.cut();
    expect(await scrape()).toEqual([]);
    wire.mend();
    await vi.waitFor(async () => expect(await scrape()).toHaveLength(4), { timeout: 20_000 });
  });
});
