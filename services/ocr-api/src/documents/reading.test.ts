import { Document, DocumentList } from "@lectura/contracts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { OTHER_TENANT, PNG, startOcrApi, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

let api: TestOcrApi;

describe("GET /v1/documents/{id}", () => {
  let document: Document;
  let path: string;
  beforeEach(async () => {
    api = await startOcrApi(process.env["REDIS_URL"]);
    document = await api.submitted();
    path = document.links.self;
  });
  afterEach(() => api.close());

  it("answers the document with an ETag, and 304 to who knows it", async () => {
    const answer = await api.get(path);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ ...document, queue: { position: 1, eta_seconds: null } });
    const etag = String(answer.headers.etag);
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await api.get(path, { "if-none-match": known });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, "", etag]);
    }
  });

  it("has another ETag after every change, but not for another place in the queue", async () => {
    const etag = async () => (await api.get(path)).headers.etag;
    const queued = await etag();
    await api.submitted();
    const [before] = await api.redis.zrange(`${api.prefix}:documents:waiting`, 0, "0");
    await api.redis.zadd(`${api.prefix}:documents:waiting`, Date.now() + 1000, String(before));
    expect((await api.get(path)).json().queue.position).toBe(2);
    expect(await etag()).toBe(queued);
    await api.documents.start({ document: document.id, attempt: 1 });
    const processing = await etag();
    await api.documents.plan({ document: document.id, attempt: 1 }, { sourcePages: 2, selected: 2, window: 2 });
    const planned = await etag();
    await api.documents.settlePage(
      { document: document.id, attempt: 1 },
      { number: 1, failure: null, milliseconds: 1 },
    );
    expect(new Set([queued, processing, planned, await etag()]).size).toBe(4);
  });

  it("?wait with another ETag answers at once: the document has changed", async () => {
    const answer = await api.get(`${path}?wait=60`, { "if-none-match": '"another"' });
    expect([answer.statusCode, answer.json().status]).toEqual([200, "queued"]);
  });

  it.each([
    ["the ETag", (etag: string) => etag],
    ["the ETag as a proxy weakens it", (etag: string) => `W/${etag}`],
  ])("?wait with %s waits for the next change", async (_, known) => {
    const etag = String((await api.get(path)).headers.etag);
    const waiting = api.get(`${path}?wait=60`, { "if-none-match": known(etag) });
    await api.documents.start({ document: document.id, attempt: 1 });
    const answer = await waiting;
    expect([answer.statusCode, answer.json().status]).toEqual([200, "processing"]);
  });

  it("?wait with If-None-Match is 304 when nothing has changed in time", async () => {
    const etag = String((await api.get(path)).headers.etag);
    expect((await api.get(`${path}?wait=1`, { "if-none-match": etag })).statusCode).toBe(304);
  });

  it("?wait without If-None-Match waits for the end, whatever changes before", async () => {
    const waiting = api.get(`${path}?wait=60`);
    await api.documents.start({ document: document.id, attempt: 1 });
    await api.finish(document.id);
    expect((await waiting).json()).toMatchObject({ status: "succeeded", queue: null });
    expect((await api.get(`${path}?wait=60`)).json().status).toBe("succeeded");
  });

  it("?wait without If-None-Match answers 200 anyway when the time is over", async () => {
    expect((await api.get(`${path}?wait=1`)).json().status).toBe("queued");
  });

  it("who waits for a document that is deleted learns it", async () => {
    const waiting = api.get(`${path}?wait=60`);
    await api.remove(document.id);
    expect((await waiting).json().code).toBe("document-deleted");
  });

  it("who waits when the service stops gets the document as it is", async () => {
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    const headers = await api.bearer();
    const waiting = fetch(`${api.app.listeningOrigin}${path}?wait=60`, { headers });
    const arrived = fetch(`${api.app.listeningOrigin}${path}?wait=1`, { headers });
    await arrived;
    await api.app.close();
    expect(Document.parse(await (await waiting).json()).status).toBe("queued");
  });

  it("pulls a wait into its range, and refuses one that is no number", async () => {
    expect((await api.get(`${path}?wait=-5`)).statusCode).toBe(200);
    const refused = await api.get(`${path}?wait=soon`);
    expect([refused.statusCode, refused.json().code]).toEqual([422, "invalid-option"]);
    expect((await api.get(`${path}?until=1`)).json().code).toBe("unknown-field");
  });

  it("a document that is not there is 404 before its query is looked at", async () => {
    for (const id of [`doc_${"0".repeat(32)}`, "doc_1", "..%2F..", "%00"]) {
      const answer = await api.get(`/v1/documents/${id}?until=1`);
      expect([answer.statusCode, answer.json().code]).toEqual([404, "not-found"]);
    }
  });

  it("HEAD answers as GET without the body", async () => {
    const { authorization } = await api.bearer();
    const answer = await api.app.inject({ method: "HEAD", url: path, headers: { authorization } });
    const full = await api.get(path);
    expect([answer.statusCode, answer.body, answer.headers.etag]).toEqual([200, "", full.headers.etag]);
    expect(answer.headers["content-length"]).toBe(full.headers["content-length"]);
  });
});

const list = async (query: string) => {
  const answer = await api.get(`/v1/documents${query}`);
  const body = DocumentList.parse(answer.json());
  return { answer, body, ids: body.items.map(({ id }) => id) };
};

describe("GET /v1/documents", () => {
  const newest: string[] = [];
  beforeAll(async () => {
    api = await startOcrApi(process.env["REDIS_URL"]);
    for (const reference of ["a", "b", "a", "b", "a"]) {
      const { id } = await api.submitted(`?reference=${reference}`);
      newest.unshift(id);
      if (reference === "b") await api.finish(Document.shape.id.parse(id));
    }
    const headers = await api.bearer({ tenant: OTHER_TENANT });
    await api.app.inject({ method: "POST", url: "/v1/documents?reference=a", headers, payload: PNG });
  });
  afterAll(() => api.close());

  it("lists the tenant's own, newest first", async () => {
    const { ids, body, answer } = await list("");
    expect(ids).toEqual(newest);
    expect(body.next_cursor).toBeNull();
    expect(answer.headers).not.toHaveProperty("link");
  });

  it("filters by status and reference, alone and together", async () => {
    expect((await list("?reference=a")).ids).toEqual([0, 2, 4].map((index) => newest[index]));
    expect((await list("?status=succeeded")).ids).toEqual([1, 3].map((index) => newest[index]));
    expect((await list("?status=queued&reference=b")).ids).toEqual([]);
  });

  it.each(["?limit=2", "?limit=1&reference=a", "?limit=1&status=succeeded"])(
    "%s leads from page to page by Link and by cursor, with nothing twice and nothing left out",
    async (query) => {
      const [, filter = ""] = query.split("&");
      const seen: string[] = [];
      for (let next: string | undefined = query; next;) {
        const { answer, body, ids } = await list(next);
        seen.push(...ids);
        next = /^<\/v1\/documents(\?.*)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
        expect(next ? new URLSearchParams(next).get("cursor") : null).toBe(body.next_cursor);
        expect(ids.length).toBeLessThanOrEqual(2);
      }
      expect(seen).toEqual((await list(`?${filter}`)).ids);
    },
  );

  it("pulls a limit into its range", async () => {
    expect((await list("?limit=0")).ids).toHaveLength(1);
    expect((await list("?limit=-3")).ids).toHaveLength(1);
    expect((await list("?limit=5000")).ids).toHaveLength(newest.length);
  });

  it.each([
    [400, "malformed-request", "?cursor=abc"],
    [400, "unknown-field", "?page=2"],
    [422, "invalid-option", "?status=done"],
    [422, "invalid-option", "?limit=few"],
  ])("%i %s: %s", async (status, code, query) => {
    const answer = await api.get(`/v1/documents${query}`);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });
});
