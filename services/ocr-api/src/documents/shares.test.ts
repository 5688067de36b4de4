import type { DocumentId } from "@lectura/contracts";
import { isTombstone } from "@lectura/documents";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OTHER_TENANT, PNG, startOcrApi, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

let api: TestOcrApi;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"], { limits: { in_flight_documents: 2, hourly_pages: 3 } });
});
afterEach(() => api.close());

const submit = async (headers: Record<string, string> = {}) => api.submit({ payload: PNG, headers });
const refusal = async () => {
  const answer = await submit();
  return [answer.statusCode, answer.json().code, answer.json().retryable];
};
const limit = async (limits: Record<string, number>) =>
  api.redis.hset(`${api.prefix}:limits:ten_1`, { in_flight_documents: 0, hourly_pages: 0, ...limits });
const settle = async (id: DocumentId, pages: number) => {
  const job = { document: id, attempt: 1 };
  await api.documents.start(job);
  await api.documents.plan(job, { sourcePages: pages, selected: pages, window: pages });
  for (let number = 1; number <= pages; number += 1) {
    await api.documents.settlePage(job, { number, failure: null, milliseconds: 1500 });
  }
};

describe("documents in flight", () => {
  it("are as many as allowed, also when they come all at once, and nothing of the others stays", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, async () => submit()));
    expect(answers.filter(({ statusCode }) => statusCode === 202)).toHaveLength(2);
    for (const answer of answers.filter(({ statusCode }) => statusCode !== 202)) {
      expect([answer.statusCode, answer.json().code]).toEqual([429, "too-many-in-flight"]);
      expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    }
    expect(await api.stored()).toHaveLength(2);
  });

  it("count whether they were brought or named by their URL", async () => {
    const named = async () =>
      api.submit({
        headers: { "content-type": "application/json" },
        payload: JSON.stringify({ source: { url: "https://files.example/a.pdf" } }),
      });
    await api.submitted();
    expect((await named()).statusCode).toBe(202);
    const answer = await named();
    expect([answer.statusCode, answer.json().code]).toEqual([429, "too-many-in-flight"]);
    expect(await refusal()).toEqual([429, "too-many-in-flight", true]);
  });

  it.each<[how: string, end: (id: DocumentId) => Promise<unknown>]>([
    ["finished", async (id) => api.finish(id)],
    ["cancelled", async (id) => api.documents.cancel("ten_1", id)],
    ["deleted", async (id) => api.remove(id)],
  ])("make room when one is %s", async (_, end) => {
    const { id } = await api.submitted();
    await api.submitted();
    expect(await refusal()).toEqual([429, "too-many-in-flight", true]);
    await end(id);
    expect((await submit()).statusCode).toBe(202);
  });

  it("say when there will be room: when the one is done that came first", async () => {
    const models = [{ language: "spa", kind: "fast" as const, sha256: "0" }];
    await api.workers.announce({ worker: "w", engine: "e", engine_version: "1", slots: 1, models });
    await api.redis.hset(`${api.prefix}:documents:page-times`, "alone_takes", 7000, "alone_adds", 7000);
    await api.submit({ payload: PNG }, "?languages=spa");
    await api.submit({ payload: PNG }, "?languages=spa");
    expect((await api.submit({ payload: PNG }, "?languages=spa")).headers["retry-after"]).toBe("7");
  });

  it("are each tenant's own", async () => {
    await api.submitted();
    await api.submitted();
    expect((await submit(await api.bearer({ tenant: OTHER_TENANT }))).statusCode).toBe(202);
  });

  it("do not stand in the way of a repeated call, which makes none", async () => {
    const key = { "idempotency-key": "k" };
    const first = await submit(key);
    await api.submitted();
    expect((await submit(key)).json().id).toBe(first.json().id);
  });
});

describe("pages of an hour", () => {
  it("are used up when as many have been read: back when the hour is over", async () => {
    const { id } = await api.submitted();
    await settle(id, 3);
    await api.finish(id);
    expect(await refusal()).toEqual([429, "quota-exceeded", true]);
    const seconds = Number((await submit()).headers["retry-after"]);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  it("do not count when there is no limit", async () => {
    await api.close();
    api = await startOcrApi(process.env["REDIS_URL"], { limits: { in_flight_documents: 0, hourly_pages: 0 } });
    const { id } = await api.submitted();
    await settle(id, 9);
    expect((await submit()).statusCode).toBe(202);
  });
});

describe("bytes that are kept", () => {
  it("are those of all documents together, also when they come all at once, and nothing of the others stays", async () => {
    await limit({ kept_bytes: 3 * PNG.length });
    const answers = await Promise.all(Array.from({ length: 8 }, async () => submit()));
    expect(answers.filter(({ statusCode }) => statusCode === 202)).toHaveLength(3);
    for (const answer of answers.filter(({ statusCode }) => statusCode !== 202))
      expect([answer.statusCode, answer.json().code]).toEqual([429, "quota-exceeded"]);
    expect(await api.stored()).toHaveLength(3);
    expect(await refusal()).toEqual([429, "quota-exceeded", true]);
  });

  it("come back when a document is deleted, and when one expires: that is when to come again", async () => {
    await limit({ kept_bytes: PNG.length });
    const { id } = await api.submitted("?ttl=100");
    const seconds = Number((await submit()).headers["retry-after"]);
    expect(seconds).toBeGreaterThan(90);
    expect(seconds).toBeLessThanOrEqual(100);
    await api.remove(id);
    const next = await api.submitted();
    const record = await api.documents.read(next.id);
    if (!record || isTombstone(record)) throw new Error("it was taken in");
    await api.documents.bury({ ...record, reference: null }, "expired");
    expect((await submit()).statusCode).toBe(202);
  });

  it("count for a file behind a URL when it is there", async () => {
    await limit({ kept_bytes: PNG.length });
    const payload = JSON.stringify({ source: { url: "https://files.example/a.pdf" } });
    const named = await api.submit({ headers: { "content-type": "application/json" }, payload });
    const input = { filename: null, media_type: "image/png" as const, bytes: PNG.length, sha256: "0a".repeat(32) };
    await api.documents.fetched({ document: named.json().id, attempt: 1 }, input);
    expect(await refusal()).toEqual([429, "quota-exceeded", true]);
  });
});

describe("limits of a tenant's own", () => {
  it("are in force from the next call on, and shown to it alone", async () => {
    await api.redis.hset(`${api.prefix}:limits:ten_1`, { file_bytes: PNG.length - 1, requests_per_second: 9 });
    expect((await api.get("/v1/limits")).json()).toMatchObject({ file_bytes: PNG.length - 1, hourly_pages: 3 });
    expect((await api.get("/v1/limits")).json()).not.toHaveProperty("requests_per_second");
    expect((await submit()).json().code).toBe("file-too-large");
    const other = await api.bearer({ tenant: OTHER_TENANT });
    expect((await api.get("/v1/limits", other)).json().file_bytes).toBe(100_000);
    expect((await submit(other)).statusCode).toBe(202);
  });
});

describe("usage", () => {
  it("is told day by day: pages, bytes, and the engine's time", async () => {
    const { id } = await api.submitted();
    await settle(id, 2);
    const today = new Date().toISOString().slice(0, 10);
    const { items } = (await api.get("/v1/usage")).json();
    expect(items).toHaveLength(30);
    expect(items.at(-1)).toEqual({ day: today, pages: 2, cached_pages: 0, bytes: PNG.length, cpu_seconds: 3 });
    const one = await api.get(`/v1/usage?from=${today}&to=${today}`);
    expect(one.json()).toEqual({ items: [items.at(-1)], next_cursor: null });
    const other = await api.get("/v1/usage", await api.bearer({ tenant: OTHER_TENANT }));
    expect(other.json().items.at(-1)).toMatchObject({ pages: 0, bytes: 0 });
  });

  it.each(["?from=yesterday", "?from=2026-02-02&to=2026-02-01"])("is not told for %s", async (query) => {
    expect((await api.get(`/v1/usage${query}`)).statusCode).toBe(422);
  });
});
