import type { DocumentId, Failure } from "@lectura/contracts";
import { isTombstone } from "@lectura/documents";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OTHER_TENANT, startOcrApi, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

let api: TestOcrApi;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
});
afterEach(() => api.close());

const crashed: Failure = { code: "page-crashed", title: "t", detail: "Reading this page ended it.", retryable: false };
const internal: Failure = { code: "internal", title: "t", detail: "The fault is in the platform.", retryable: true };

/** A document of three pages, of which the second was given up. */
const withDeadPage = async (): Promise<DocumentId> => {
  const { id } = await api.submitted("?reference=r");
  const job = { document: id, attempt: 1 };
  await api.documents.start(job);
  await api.documents.plan(job, { sourcePages: 3, selected: 3, window: 3 });
  for (const number of [1, 2, 3]) {
    const page = { number, milliseconds: 1 };
    if (number === 2) await api.documents.settlePage(job, { ...page, failure: crashed, givenUpAfter: 3 });
    else await api.documents.settlePage(job, { ...page, failure: null });
  }
  await api.documents.finish(job, { status: "partial", finished_at: Date.now() });
  return id;
};
const withDeadDocument = async (): Promise<DocumentId> => {
  const { id } = await api.submitted();
  const job = { document: id, attempt: 1 };
  await api.documents.start(job);
  await api.documents.finish(job, { status: "failed", finished_at: 1, error: internal, givenUpAfter: 10 });
  return id;
};
const recordOf = async (id: DocumentId) => {
  const record = await api.documents.read(id);
  if (!record || isTombstone(record)) throw new Error(`${id} is gone`);
  return record;
};
const call = async (method: "POST" | "DELETE", path: string, payload = "", headers: Record<string, string> = {}) =>
  api.app.inject({
    method,
    url: `/v1/dead-letters/${path}`,
    headers: { "content-type": "application/json", ...(await api.bearer()), ...headers },
    payload,
  });
const list = async (query = "") => (await api.get(`/v1/dead-letters${query}`)).json();
const waitingJobs = async (queue: string): Promise<string[]> =>
  api.redis.zrange(`${api.prefix}:${queue}:prioritized`, 0, "-1");

describe("dead letters", () => {
  it("say what was given up, and why, those of the newest document first", async () => {
    const [page, document] = [await withDeadPage(), await withDeadDocument()];
    expect(await list()).toEqual({
      items: [
        expect.objectContaining({ document_id: document, page: null, class: "bug", code: "internal", attempts: 10 }),
        {
          id: `${page}-1-2`,
          document_id: page,
          page: 2,
          class: "bug",
          code: "page-crashed",
          last_error: crashed.detail,
          attempts: 3,
          trace_id: (await recordOf(page)).trace_id,
          created_at: expect.stringMatching(/Z$/),
        },
      ],
      next_cursor: null,
    });
  });

  it("come page by page", async () => {
    const ids = [await withDeadPage(), await withDeadPage(), await withDeadPage()].toReversed();
    const first = await list("?limit=2");
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    const seen = [...first.items, ...second.items].map((letter: { document_id: string }) => letter.document_id);
    expect([seen, second.next_cursor]).toEqual([ids, null]);
    expect((await api.get("/v1/dead-letters?cursor=x")).statusCode).toBe(400);
  });

  it("are their tenant's alone, and need their scope", async () => {
    const id = await withDeadPage();
    const stranger = await api.bearer({ tenant: OTHER_TENANT });
    expect((await api.get("/v1/dead-letters", stranger)).json().items).toEqual([]);
    expect((await call("DELETE", `${id}-1-2`, "", stranger)).statusCode).toBe(404);
    expect((await call("POST", `${id}-1-2/replay`, "", stranger)).statusCode).toBe(404);
    expect((await api.get("/v1/dead-letters", await api.bearer({ scopes: ["documents:read"] }))).statusCode).toBe(403);
    expect((await list()).items).toHaveLength(1);
  });

  it("are forgotten one by one, and with their document", async () => {
    const [first, second] = [await withDeadPage(), await withDeadPage()];
    expect((await call("DELETE", `${first}-1-2`)).statusCode).toBe(204);
    expect((await call("DELETE", `${first}-1-2`)).statusCode).toBe(404);
    expect((await recordOf(first)).status).toBe("partial");
    await api.remove(second);
    expect((await list()).items).toEqual([]);
    expect((await api.kept()).filter((name) => name.includes("dead-letters"))).toEqual([]);
  });
});

describe("replaying", () => {
  it("a page takes its document into work for that page alone, with other options", async () => {
    const id = await withDeadPage();
    const answer = await call("POST", `${id}-1-2/replay`, '{"languages":"eng","text_layer":"ignore"}');
    expect(answer.statusCode, answer.body).toBe(202);
    expect(answer.json()).toMatchObject({
      status: "processing",
      reference: "r",
      options: { languages: ["eng"], text_layer: "ignore", ttl: 86_400 },
      pages: { total: 3, done: 2, failed: 0 },
      finished_at: null,
    });
    expect(await waitingJobs("ocr-pages")).toEqual([`${id}-2-2`]);
    const late = { document: id, attempt: 1 };
    expect(await api.documents.settlePage(late, { number: 2, failure: null, milliseconds: 1 })).toBeUndefined();
    const job = { document: id, attempt: 2 };
    const settled = await api.documents.settlePage(job, { number: 2, failure: null, milliseconds: 1 });
    expect(settled).toEqual({ complete: true, nextIndex: undefined });
    expect((await list()).items).toEqual([]);
    expect((await call("POST", `${id}-1-2/replay`)).statusCode).toBe(404);
  });

  it("a document begins it from the start", async () => {
    const id = await withDeadDocument();
    const answer = await call("POST", `${id}-1-0/replay`);
    expect(answer.json()).toMatchObject({ status: "queued", error: null, started_at: null, pages: { total: null } });
    expect((await waitingJobs("ocr")).filter((job) => job.startsWith(id))).toContain(`${id}-inspect-2`);
    expect(await api.documents.start({ document: id, attempt: 2 })).toBe(true);
  });

  it("is too early while the document is in work", async () => {
    const id = await withDeadPage();
    await api.redis.hset(`${api.prefix}:document:${id}`, "status", "processing");
    const answer = await call("POST", `${id}-1-2/replay`);
    expect([answer.statusCode, answer.json().code]).toEqual([409, "conflict"]);
    expect((await list()).items).toHaveLength(1);
  });

  it.each([
    [400, "malformed-request", "{"],
    [400, "unknown-field", '{"color":"red"}'],
    [422, "invalid-option", '{"text_layer":"maybe"}'],
  ])("%i %s: %s", async (status, code, payload) => {
    const id = await withDeadPage();
    const answer = await call("POST", `${id}-1-2/replay`, payload);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect((await recordOf(id)).status).toBe("partial");
  });
});
