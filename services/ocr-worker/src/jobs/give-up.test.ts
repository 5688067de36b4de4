import { isFinal, ProblemError } from "@lectura/contracts";
import { createLogger } from "@lectura/runtime";
import { createMetrics } from "@lectura/telemetry";
import { describe, expect, it } from "vitest";
import { textPdf } from "../fixtures/documents.ts";
import type { TestWorker } from "../fixtures/start-worker.ts";
import { useWorker } from "../fixtures/use-worker.ts";
import { createGiveUp } from "./give-up.ts";

let worker: TestWorker;
useWorker(process.env, (nextWorker) => {
  worker = nextWorker;
});

/** Gives up, with a count of its own. */
const startGivingUp = () => {
  const registry = createMetrics("ocr-worker");
  const log = createLogger({ service: "ocr-worker", level: "silent" });
  return {
    giveUp: createGiveUp({ documents: worker.documents, log, registry }),
    counted: async () => (await registry.getSingleMetric("ocr_documents_given_up_total")?.get())?.values[0]?.value,
  };
};

const giveUpAfter = async (error: Error) => {
  const job = await worker.submit(await textPdf(1));
  const { giveUp, counted } = startGivingUp();
  await giveUp(job, error, "inspect");
  return { record: await worker.read(job.document), counted: await counted() };
};

describe("a job that has failed too often", () => {
  it("ends its document with the problem it met", async () => {
    const { record } = await giveUpAfter(new ProblemError("page-crashed", "Reading this page ended the OCR process."));
    expect(record).toMatchObject({ status: "failed", error: { code: "page-crashed", retryable: false } });
  });

  it("ends its document as a fault of ours, of which the client learns no more than that", async () => {
    const { record } = await giveUpAfter(new TypeError("undefined is not a function at secret.ts"));
    expect([record.status, record.error?.code]).toEqual(["failed", "internal"]);
    expect(record.error?.detail).not.toContain("secret");
  });

  it.each<[string, Error]>([
    ["Redis", Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })],
    ["the disk", Object.assign(new Error("no space left on device"), { code: "ENOSPC" })],
    ["the engine", new ProblemError("engine-unavailable", "The OCR process did not start.")],
  ])("leaves its document open, and counts nothing, while %s is what is missing", async (_, error) => {
    const { record, counted } = await giveUpAfter(error);
    expect(isFinal(record.status)).toBe(false);
    expect(counted).toBe(0);
  });

  it("counts each document that it ends, once, and none that had ended before", async () => {
    const { giveUp, counted } = startGivingUp();
    const ended = await worker.submit(await textPdf(1));
    await worker.documents.finish(ended, { status: "succeeded", finished_at: 1 });
    await giveUp(ended, new Error("a page of it that came late"), "page");
    expect(await counted()).toBe(0);
    for (const job of [await worker.submit(await textPdf(1)), await worker.submit(await textPdf(1))]) {
      await giveUp(job, new Error("its first page"), "page");
      await giveUp(job, new Error("its second page"), "page");
    }
    expect(await counted()).toBe(2);
  });
  it.each(["format", "image"])("of the kind %s leaves its document as it is", async (name) => {
    const job = await worker.submit(await textPdf(1));
    const { giveUp, counted } = startGivingUp();
    await giveUp(job, new TypeError("undefined is not a function"), name);
    expect(isFinal((await worker.read(job.document)).status)).toBe(false);
    expect(await counted()).toBe(0);
  });
});
