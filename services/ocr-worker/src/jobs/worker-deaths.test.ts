import type { JobPayload } from "@lectura/contracts";
import { storageKeys } from "@lectura/documents";
import { describe, expect, it } from "vitest";
import { pageText, textPdf } from "../fixtures/documents.ts";
import type { TestWorker } from "../fixtures/start-worker.ts";
import { TENANT } from "../fixtures/take-in.ts";
import { useWorker } from "../fixtures/use-worker.ts";

let worker: TestWorker;
useWorker(process.env, (nextWorker) => {
  worker = nextWorker;
});

/** A document of three pages, over the second of which so many workers have died, having `beside` in hand as well. */
const diedOver = async (deaths: number, { beside = [] }: { beside?: number[] } = {}) => {
  const job: Pick<JobPayload<"inspect">, "document" | "attempt"> = await worker.submit(await textPdf(3));
  await worker.documents.start(job);
  for (let death = 1; death <= deaths; death += 1)
    for (const page of [2, ...beside]) await worker.documents.takeInHand(job, page, `dead ${death}`);
  return job.document;
};

describe("a page over which workers themselves have died", () => {
  it("is read once more after nine times", async () => {
    const id = await diedOver(9);
    worker.run();
    expect(await worker.untilFinal(id)).toMatchObject({ status: "succeeded", done: 3, failed: 0 });
    expect(await worker.inRedis()).not.toContain("holder:");
  });

  it("is given up the tenth time, the others are read, and a dead letter says so", async () => {
    const id = await diedOver(10);
    worker.run();
    expect(await worker.untilFinal(id)).toMatchObject({ status: "partial", done: 2, failed: 1 });
    expect(String(await worker.storage.read(storageKeys(TENANT, id).result("text")))).toContain(pageText(3));
    const { items } = await worker.documents.listLetters(TENANT, { limit: 9 });
    expect(items).toMatchObject([
      { page: 2, class: "bug", code: "page-crashed", attempts: 10, last_error: expect.stringContaining("10 times") },
    ]);
  });

  it("is not to blame when another page was in hand as well", async () => {
    const id = await diedOver(20, { beside: [3] });
    worker.run();
    expect(await worker.untilFinal(id)).toMatchObject({ status: "succeeded", done: 3, failed: 0 });
  });
});
