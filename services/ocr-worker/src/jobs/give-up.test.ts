import { isFinal, ProblemError } from "@lectura/contracts";
import type { Ocr } from "@lectura/ocr";
import { createLogger } from "@lectura/runtime";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { textPdf } from "../fixtures/documents.ts";
import { startOcr, startWorker, type TestWorker } from "../fixtures/start-worker.ts";
import { createGiveUp } from "./give-up.ts";

let ocr: Ocr;
let worker: TestWorker;
beforeAll(async () => {
  ocr = await startOcr(process.env);
});
afterAll(() => ocr.close());
beforeEach(async () => {
  worker = await startWorker({ environment: process.env, ocr });
});
afterEach(() => worker.close());

const giveUpAfter = async (error: Error) => {
  const job = await worker.submit(await textPdf(1));
  const log = createLogger({ service: "ocr-worker", level: "silent" });
  await createGiveUp({ documents: worker.documents, log })(job, error);
  return worker.read(job.document);
};

describe("a job that has failed too often", () => {
  it("ends its document with the problem it met", async () => {
    const record = await giveUpAfter(new ProblemError("page-crashed", "Reading this page ended the OCR process."));
    expect(record).toMatchObject({ status: "failed", error: { code: "page-crashed", retryable: false } });
  });

  it("ends its document as a fault of ours, of which the client learns no more than that", async () => {
    const { status, error } = await giveUpAfter(new TypeError("undefined is not a function at secret.ts"));
    expect([status, error?.code]).toEqual(["failed", "internal"]);
    expect(error?.detail).not.toContain("secret");
  });

  it.each<[string, Error]>([
    ["Redis", Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })],
    ["the disk", Object.assign(new Error("no space left on device"), { code: "ENOSPC" })],
    ["the engine", new ProblemError("engine-unavailable", "The OCR process did not start.")],
  ])("leaves its document open while %s is what is missing", async (_, error) => {
    expect(isFinal((await giveUpAfter(error)).status)).toBe(false);
  });
});
