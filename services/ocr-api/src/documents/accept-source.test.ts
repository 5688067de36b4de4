import { Document } from "@lectura/contracts";
import { isTombstone, storageKeys, unsealPassword } from "@lectura/documents";
import { createSweep } from "../upkeep/sweeper.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOcrApi, TENANT, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

const SOURCE = { url: "https://files.example/a.pdf?token=abc" };
const SECOND = 1000;

let api: TestOcrApi;
beforeAll(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
});
afterAll(() => api.close());

const headers = { "content-type": "application/json; charset=utf-8" };
const submit = async (body: unknown, query = "") =>
  api.submit({ headers, payload: typeof body === "string" ? body : JSON.stringify(body) }, query);

const keyed = async (body: unknown) =>
  api.submit({ headers: { ...headers, "idempotency-key": "order-7" }, payload: JSON.stringify(body) });
const recordOf = async (id: string) => {
  const record = await api.documents.read(id);
  if (!record || isTombstone(record)) throw new Error(`${id} is gone`);
  return record;
};

describe("a submission that names its file's URL", () => {
  it("is accepted with its options, and courier is to fetch it; no job before that", async () => {
    const answer = await submit({ source: SOURCE, languages: ["spa"], ttl: 60, reference: "r" }, "?pages=1");
    expect(answer.statusCode).toBe(202);
    const document = Document.parse(answer.json());
    expect(document).toMatchObject({
      status: "queued",
      reference: "r",
      input: { filename: null, media_type: null, bytes: null, sha256: null },
      options: { languages: ["spa"], pages: "1", ttl: 60 },
    });
    expect(answer.headers).toMatchObject({ location: document.links.self, "retry-after": expect.any(String) });
    expect(answer.body).not.toContain("files.example");
    expect(await api.documents.claimFetches(9, 1)).toEqual([document.id]);
    expect(await api.documents.read(document.id)).toMatchObject({ source_url: SOURCE.url });
    expect(await api.producer.counts()).toMatchObject({ wait: 0 });
  });

  it("is fetched also when ocr-api died before it could say so: the sweeper does", async () => {
    const document = Document.parse((await submit({ source: SOURCE })).json());
    const key = `${api.prefix}:documents:fetches`;
    await api.redis.zrem(key, document.id);
    await createSweep(api)(Date.now() + 21 * SECOND);
    expect(await api.redis.zrange(key, "0", "-1")).toContain(document.id);
    expect(await api.producer.counts()).toMatchObject({ wait: 0 });
  });

  it("makes one document for each Idempotency-Key, which is told from others by URL and options", async () => {
    const first = await keyed({ source: SOURCE, reference: "r" });
    const again = await keyed({ reference: "r", source: SOURCE });
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(again.json().id).toBe(first.json().id);
    for (const other of [{ source: SOURCE }, { source: { url: "https://files.example/b.pdf" }, reference: "r" }]) {
      expect((await keyed(other)).json().code).toBe("idempotency-key-reused");
    }
  });

  it("keeps its password in two halves, and passes on how urgent it is and whether it is wanted anew", async () => {
    const body = {
      source: SOURCE,
      password: "open sesame",
      priority: "batch",
      callback_url: "https://receiver.example",
    };
    const answer = await api.submit({
      headers: { ...headers, "cache-control": "no-cache" },
      payload: JSON.stringify(body),
    });
    const document = Document.parse(answer.json());
    const record = await recordOf(document.id);
    expect(record).toMatchObject({
      anew: true,
      options: { priority: "batch", callback_url: "https://receiver.example/" },
    });
    const key = await api.storage.read(storageKeys(TENANT, document.id).passwordKey);
    expect(unsealPassword(record.sealed_password ?? "", key ?? Buffer.alloc(0))).toBe("open sesame");
    expect(JSON.stringify(record)).not.toContain("sesame");
  });

  it("can be cancelled before it is fetched; its URL is forgotten then", async () => {
    const { id } = Document.parse((await submit({ source: SOURCE })).json());
    const answer = await api.app.inject({
      method: "POST",
      url: `/v1/documents/${id}/cancel`,
      headers: await api.bearer(),
    });
    expect(answer.statusCode).toBe(202);
    expect(await recordOf(id)).toMatchObject({ status: "cancelled", source_url: null });
  });

  it.each([
    [422, "forbidden-url", { source: { url: "http://169.254.169.254/latest/meta-data/" } }],
    [422, "forbidden-url", { source: { url: "http://0x7f.1/" } }],
    [422, "forbidden-url", { source: { url: "file:///etc/passwd" } }],
    [422, "forbidden-url", { source: { url: "https://a:b@files.example/" } }],
    [422, "forbidden-url", { source: SOURCE, callback_url: "http://[::1]/" }],
    [422, "invalid-option", {}],
    [422, "invalid-option", { source: "https://files.example/a.pdf" }],
    [422, "invalid-option", { source: SOURCE, languages: 7 }],
    [422, "invalid-option", []],
    [422, "invalid-option", "null"],
    [400, "unknown-field", { source: { ...SOURCE, method: "POST" } }],
    [400, "unknown-field", { source: SOURCE, color: "red" }],
    [400, "malformed-request", "{"],
    [400, "malformed-request", ""],
    [413, "file-too-large", { source: SOURCE, reference: "x".repeat(70_000) }],
  ])("is refused with %i %s: %j", async (status, code, body) => {
    const before = await api.redis.zcard(`${api.prefix}:documents:fetches`);
    const answer = await submit(body);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect(await api.redis.zcard(`${api.prefix}:documents:fetches`)).toBe(before);
  });
});
