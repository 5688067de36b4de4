import { Document } from "@lectura/contracts";
import { storageKeys } from "@lectura/documents";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formOf, OTHER_TENANT, PNG, startOcrApi, TENANT, type TestOcrApi } from "../fixtures/start-ocr-api.ts";
import { createSweep } from "../upkeep/sweeper.ts";

let api: TestOcrApi;
let document: Document;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
  document = await api.submitted("?reference=own-reference");
  await api.storage.put(storageKeys(TENANT, document.id).page(1), "{}");
  await api.storage.put(storageKeys(TENANT, document.id).result("text"), "hola");
});
afterEach(() => api.close());

/** Everything that a key holds, as text. */
const contentOf = async (key: string): Promise<string> => {
  const { redis } = api;
  const read: Record<string, () => Promise<unknown>> = {
    string: async () => redis.get(key),
    hash: async () => redis.hgetall(key),
    list: async () => redis.lrange(key, 0, -1),
    set: async () => redis.smembers(key),
    zset: async () => redis.zrange(key, 0, "-1"),
    stream: async () => redis.xrange(key, "-", "+"),
  };
  return `${key} ${JSON.stringify(await read[await redis.type(key)]?.())}`;
};
const everythingInRedis = async (): Promise<string> =>
  (await Promise.all((await api.redis.keys(`${api.prefix}:*`)).map(contentOf))).join("\n");

/** A document with a secret everywhere where there can be one. */
const whispered = async (): Promise<Document> => {
  const form = formOf([
    ["reference", "a-secret-reference"],
    ["file", PNG, "a-secret-name.png"],
  ]);
  const headers = { ...form.headers, "idempotency-key": "a-secret-key" };
  const document = Document.parse((await api.submit({ payload: form.payload, headers })).json());
  const job = { document: document.id, attempt: 1 };
  await api.documents.start(job);
  await api.documents.plan(job, { sourcePages: 1, selected: 1, window: 1 });
  const failure = { code: "page-crashed", title: "t", detail: "a-secret-detail", retryable: false } as const;
  await api.documents.settlePage(job, { number: 1, failure, milliseconds: 1, givenUpAfter: 3 });
  await api.documents.finish(job, { status: "failed", finished_at: 1, error: failure, givenUpAfter: 3 });
  await api.storage.put(storageKeys(TENANT, document.id).page(1), "a-secret-text");
  return document;
};

describe("DELETE /v1/documents/{id}", () => {
  it.each<[how: string, end: (id: string) => Promise<unknown>]>([
    ["deleted", async (id) => api.remove(id)],
    ["over", async () => createSweep(api)(Date.now() + 2 * 86_400_000)],
  ])("leaves nothing of what was whispered in any key of Redis nor in the storage once it is %s", async (_, end) => {
    const { id } = await whispered();
    expect(await everythingInRedis()).toContain("a-secret-detail");
    await end(id);
    expect(await everythingInRedis()).not.toContain("secret-");
    expect((await api.stored()).filter((key) => key.includes(id))).toEqual([]);
  });

  it("answers 204, then 404; whoever reads it is told 410", async () => {
    expect((await api.remove(document.id)).statusCode).toBe(204);
    expect((await api.remove(document.id)).statusCode).toBe(404);
    for (const path of [document.links.self, document.links.result, `${document.links.self}/pages/1`]) {
      const answer = await api.get(path);
      expect([answer.statusCode, answer.json().code]).toEqual([410, "document-deleted"]);
    }
    expect((await api.get("/v1/documents")).json().items).toEqual([]);
    expect((await api.get("/v1/documents?reference=own-reference")).json().items).toEqual([]);
  });

  it("leaves no byte in the storage, and in Redis a tombstone without content that lapses after 30 days", async () => {
    await api.remove(document.id);
    expect(await api.stored()).toEqual([]);
    const kept = (await api.kept()).filter((key) => key.startsWith("documents:") || key.includes(document.id));
    // The job finds nothing to do when its turn comes.
    expect(kept).toEqual([`document:${document.id}`, "documents:purge", `ocr:${document.id}-inspect-1`]);
    expect(await api.redis.hgetall(`${api.prefix}:document:${document.id}`)).toEqual({
      tenant: TENANT,
      status: "deleted",
    });
    expect(await api.redis.ttl(`${api.prefix}:document:${document.id}`)).toBeGreaterThan(29 * 86_400);
  });

  it("goes for finished documents as for running ones", async () => {
    await api.finish(document.id);
    expect((await api.remove(document.id)).statusCode).toBe(204);
    expect(await api.stored()).toEqual([]);
  });

  it("needs its own scope", async () => {
    const headers = await api.bearer({ scopes: ["documents:write", "documents:read"] });
    const answer = await api.app.inject({ method: "DELETE", url: document.links.self, headers });
    expect([answer.statusCode, answer.json().code]).toEqual([403, "insufficient-scope"]);
  });
});

const codes = async (): Promise<unknown[]> => {
  const headers = await api.bearer({ tenant: OTHER_TENANT });
  const { self, result } = document.links;
  const answers = await Promise.all([
    ...[self, result, `${self}/pages/1`].map(async (url) => api.app.inject({ url, headers })),
    api.app.inject({ method: "DELETE", url: self, headers }),
  ]);
  return answers.map((answer) => answer.json().code);
};

describe("a document of another tenant", () => {
  it("is 404 for everything, alive, finished or deleted, and stays as it is", async () => {
    const notFound = Array.from({ length: 4 }, () => "not-found");
    expect(await codes()).toEqual(notFound);
    await api.finish(document.id);
    expect(await codes()).toEqual(notFound);
    expect((await api.get(document.links.self)).statusCode).toBe(200);
    expect(await api.stored()).toHaveLength(3);
    await api.remove(document.id);
    expect(await codes()).toEqual(notFound);
    const headers = await api.bearer({ tenant: OTHER_TENANT });
    expect((await api.app.inject({ url: "/v1/documents?reference=own-reference", headers })).json().items).toEqual([]);
  });
});
