import type { Document } from "@lectura/contracts";
import { storageKeys } from "@lectura/documents";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OTHER_TENANT, startOcrApi, TENANT, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

let api: TestOcrApi;
let document: Document;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
  document = await api.submitted("?reference=secret-reference");
  await api.storage.put(storageKeys(TENANT, document.id).page(1), "{}");
  await api.storage.put(storageKeys(TENANT, document.id).result("text"), "hola");
});
afterEach(() => api.close());

describe("DELETE /v1/documents/{id}", () => {
  it("answers 204, then 404; whoever reads it is told 410", async () => {
    expect((await api.remove(document.id)).statusCode).toBe(204);
    expect((await api.remove(document.id)).statusCode).toBe(404);
    for (const path of [document.links.self, document.links.result, `${document.links.self}/pages/1`]) {
      const answer = await api.get(path);
      expect([answer.statusCode, answer.json().code]).toEqual([410, "document-deleted"]);
    }
    expect((await api.get("/v1/documents")).json().items).toEqual([]);
    expect((await api.get("/v1/documents?reference=secret-reference")).json().items).toEqual([]);
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
    expect((await api.app.inject({ url: "/v1/documents?reference=secret-reference", headers })).json().items).toEqual(
      [],
    );
  });
});
