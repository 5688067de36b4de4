import { Document } from "@lectura/contracts";
import { createKeys } from "@lectura/documents";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OTHER_TENANT, PDF, startOcrApi, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

let api: TestOcrApi;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
});
afterEach(() => api.close());

const cancel = async (path: string, headers: Record<string, string> = {}) =>
  api.app.inject({ method: "POST", url: path, headers: { ...(await api.bearer()), ...headers } });
const code = async (path: string, headers = {}): Promise<[number, string]> => {
  const answer = await cancel(path, headers);
  return [answer.statusCode, answer.json().code];
};

describe("cancelling", () => {
  it("ends a queued document: 202, and no job of it finds work any more", async () => {
    const { id, links } = await api.submitted();
    const answer = await cancel(links.cancel);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ id, status: "cancelled", queue: null, finished_at: expect.any(String) });
    expect(await api.documents.start({ document: id, attempt: 1 })).toBe(false);
    expect(await api.documents.idle(Date.now() + 1, 9)).toEqual([]);
    expect((await api.get(links.result)).json()).toMatchObject({ status: 409, code: "no-result" });
  });

  it("ends one in work: what its pages still bring does not count", async () => {
    const { id, links } = await api.submitted();
    const job = { document: id, attempt: 1 };
    await api.documents.start(job);
    await api.documents.plan(job, { sourcePages: 2, selected: 2, window: 2 });
    await api.documents.settlePage(job, { number: 1, failure: null, milliseconds: 1 });
    expect((await cancel(links.cancel)).json()).toMatchObject({ status: "cancelled", pages: { total: 2, done: 1 } });
    expect(await api.documents.settlePage(job, { number: 2, failure: null, milliseconds: 1 })).toBeUndefined();
    expect(await api.documents.isInWork(job)).toBe(false);
    expect((await api.get(links.events)).body).toMatch(/event: document\.cancelled\n.*\n\n$/);
  });

  it("forgets the password that came with the document, in Redis and in storage", async () => {
    const { id, links } = Document.parse((await api.submit({ payload: PDF }, "?password=secreto")).json());
    expect(await api.stored()).toContainEqual(expect.stringContaining("password-key"));
    await cancel(links.cancel);
    expect(await api.redis.hget(createKeys(api.prefix).record(id), "sealed_password")).toBeNull();
    expect(await api.stored()).not.toContainEqual(expect.stringContaining("password-key"));
  });

  it("is too late for a document that is final, whatever it ended as", async () => {
    const { id, links } = await api.submitted();
    await api.finish(id);
    expect(await code(links.cancel)).toEqual([409, "already-finished"]);
    expect((await api.get(links.self)).json().status).toBe("succeeded");
    const other = await api.submitted();
    await cancel(other.links.cancel);
    expect(await code(other.links.cancel)).toEqual([409, "already-finished"]);
  });

  it("needs a document of one's own that is still there, and the scope to write", async () => {
    const { id, links } = await api.submitted();
    expect(await code(links.cancel, await api.bearer({ tenant: OTHER_TENANT }))).toEqual([404, "not-found"]);
    expect(await code(links.cancel, await api.bearer({ scopes: ["documents:read"] }))).toEqual([
      403,
      "insufficient-scope",
    ]);
    await api.remove(id);
    expect(await code(links.cancel)).toEqual([410, "document-deleted"]);
  });
});
