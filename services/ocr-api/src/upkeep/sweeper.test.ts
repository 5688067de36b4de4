import { type DocumentId, DocumentOptions } from "@lectura/contracts";
import { newDocumentId, storageKeys } from "@lectura/documents";
import { createLogger } from "@lectura/runtime";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startOcrApi, TENANT, type TestOcrApi } from "../fixtures/start-ocr-api.ts";
import { createSweep, startSweeper } from "./sweeper.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let api: TestOcrApi;
let sweep: ReturnType<typeof createSweep>;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
  sweep = createSweep(api);
});
afterEach(() => api.close());

/** A record as `accept` leaves it when its process dies before the job is in the queue. */
const recordWithoutJob = async ({ ageSeconds = 0, pages = null as string | null } = {}): Promise<DocumentId> => {
  const now = Date.now() - ageSeconds * SECOND;
  const id = newDocumentId(now);
  const input = { filename: null, media_type: "image/png", bytes: 1, sha256: "0" };
  const options = DocumentOptions.parse({ languages: "spa", pages, ttl: 3600 });
  await api.storage.put(storageKeys(TENANT, id).input, "x");
  await api.documents.create({ id, tenant: TENANT, input, options, trace_id: "0".repeat(32), now });
  return id;
};

/** The ids of the jobs in the queue. */
const jobs = async (): Promise<string[]> => {
  const { redis, prefix } = api;
  const waiting = await Promise.all([
    redis.lrange(`${prefix}:ocr:wait`, 0, -1),
    redis.zrange(`${prefix}:ocr:prioritized`, 0, "-1"),
    redis.zrange(`${prefix}:ocr-pages:prioritized`, 0, "-1"),
  ]);
  return waiting.flat().toSorted();
};
const soon = (): number => Date.now() + 21 * SECOND;

describe("a document whose job was lost", () => {
  it("is put back into the queue once nobody has worked on it for a while, and only once", async () => {
    const id = await recordWithoutJob();
    await sweep(Date.now());
    expect(await jobs()).toEqual([]);
    await sweep(soon());
    expect(await jobs()).toEqual([`${id}-inspect-1`]);
    await sweep(soon());
    expect(await jobs()).toEqual([`${id}-inspect-1`]);
  });

  it("gets back the pages that are owed and no others", async () => {
    const id = await recordWithoutJob({ pages: "2-6" });
    const job = { document: id, attempt: 1 };
    await api.documents.start(job);
    await api.documents.plan(job, { sourcePages: 9, selected: 5, window: 3 });
    await api.documents.settlePage(job, { number: 3, failure: null, milliseconds: 1 });
    await sweep(soon());
    // Three were issued, and a fourth when one of them was done.
    expect(await jobs()).toEqual([2, 4, 5].map((page) => `${id}-${page}-1`));
  });

  it("gets its assembly when all its pages are done", async () => {
    const id = await recordWithoutJob();
    const job = { document: id, attempt: 1 };
    await api.documents.start(job);
    await api.documents.plan(job, { sourcePages: 1, selected: 1, window: 1 });
    await api.documents.settlePage(job, { number: 1, failure: null, milliseconds: 1 });
    await sweep(soon());
    expect(await jobs()).toEqual([`${id}-assemble-1`]);
  });

  it("is left alone when it is finished or deleted", async () => {
    await api.finish(await recordWithoutJob());
    await api.remove(await recordWithoutJob());
    await sweep(soon());
    expect(await jobs()).toEqual([]);
  });
});

describe("a document whose time is over", () => {
  it.each([
    ["finished", async (id: DocumentId) => api.finish(id)],
    ["unfinished", async () => {}],
  ])("expires, %s: its bytes are gone and it answers 410", async (_, prepare) => {
    const document = await api.submitted("?ttl=PT10S&reference=r");
    await prepare(document.id);
    await sweep(Date.now() + 9 * SECOND);
    expect((await api.get(document.links.self)).statusCode).toBe(200);
    await sweep(Date.now() + 11 * SECOND);
    expect(await api.stored()).toEqual([]);
    const answer = await api.get(document.links.self);
    expect([answer.statusCode, answer.json().code]).toEqual([410, "document-expired"]);
    expect((await api.remove(document.id)).statusCode).toBe(404);
    expect((await api.get("/v1/documents?reference=r")).json().items).toEqual([]);
  });
});

describe("bytes that nobody needs", () => {
  it("of a page that was still running when its document was deleted go with the last purge", async () => {
    const { id } = await api.submitted();
    await api.remove(id);
    await api.storage.put(storageKeys(TENANT, id).page(1), "{}");
    await sweep(Date.now() + 4 * MINUTE);
    expect(await api.stored()).toHaveLength(1);
    await sweep(Date.now() + 6 * MINUTE);
    expect(await api.stored()).toEqual([]);
    expect(await api.kept()).not.toContain("documents:purge");
  });

  it("of an upload that died before its record go after an hour", async () => {
    const id = newDocumentId(Date.now());
    await api.documents.receiving({ tenant: TENANT, id });
    await api.storage.put(storageKeys(TENANT, id).input, "x");
    await sweep(Date.now() + 59 * MINUTE);
    expect(await api.stored()).toHaveLength(1);
    await sweep(Date.now() + 61 * MINUTE);
    expect(await api.stored()).toEqual([]);
    expect(await api.kept()).not.toContain("documents:receiving");
  });

  it("of an upload that became a document after all stay", async () => {
    const { id } = await api.submitted("?ttl=P1D");
    await api.documents.receiving({ tenant: TENANT, id: id });
    await sweep(Date.now() + 61 * MINUTE);
    expect(await api.stored()).toEqual([`${TENANT}/${id}/input`]);
  });
});

describe("the running sweeper", () => {
  const log = createLogger({ service: "ocr-api", level: "silent" });

  it("sweeps by itself, and one of several replicas at a time", async () => {
    const id = await recordWithoutJob({ ageSeconds: 30 });
    const sweepers = [1, 2, 3].map(() => startSweeper({ ...api, log }));
    await vi.waitFor(async () => expect(await jobs()).toEqual([`${id}-inspect-1`]));
    expect(await api.documents.claimSweep(1)).toBe(false);
    await Promise.all(sweepers.map((sweeper) => sweeper.close()));
  });

  it("says when a round has failed, instead of failing itself", async () => {
    const warned: unknown[] = [];
    const failing = { ...api.documents, idle: () => Promise.reject(new Error("storage is away")) };
    const log = { warn: (fields: unknown) => warned.push(fields) };
    const sweeper = startSweeper({ ...api, documents: failing, log });
    await vi.waitFor(() => expect(warned).toEqual([{ err: new Error("storage is away") }]));
    await sweeper.close();
  });
});
