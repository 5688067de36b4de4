import { Document } from "@lectura/contracts";
import { isTombstone, resultKey, storageKeys } from "@lectura/documents";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OTHER_TENANT, PDF, PNG, startOcrApi, TENANT, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

const model = (language: string, sha256 = language) => ({ language, kind: "fast" as const, sha256 });
const worker = {
  worker: "w",
  engine: "tesseract",
  engine_version: "5",
  slots: 1,
  models: [model("spa"), model("eng")],
};

let api: TestOcrApi;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
  await api.workers.announce(worker);
});
afterEach(() => api.close());

const recordOf = async (id: string) => {
  const record = await api.documents.read(id);
  if (!record || isTombstone(record)) throw new Error(`${id} is gone`);
  return record;
};

/** A document of two pages that a worker has recognised, as `worker` would. */
const recognised = async (query = ""): Promise<Document> => {
  const document = await api.submitted(query);
  const job = { document: document.id, attempt: 1 };
  await api.documents.start(job);
  await api.documents.plan(job, { sourcePages: 2, selected: 2, window: 2 });
  for (const number of [1, 2]) {
    await api.storage.put(storageKeys(TENANT, document.id).page(number), `{"number":${number}}`);
    await api.documents.settlePage(job, { number, failure: null, milliseconds: 1 });
  }
  const { input, options } = await recordOf(document.id);
  if (!input) throw new Error("an upload brings its file");
  const by = resultKey({ input, options }, worker);
  await api.documents.finish(job, { status: "succeeded", finished_at: Date.now() }, { tenant: TENANT, by });
  return document;
};

/** Submits, while a worker puts together what only has to be put together. */
const submit = async (query = "", headers: Record<string, string> = {}, payload: Buffer = PNG) => {
  const done = new AbortController();
  const assembling = (async () => {
    while (!done.signal.aborted) {
      for (const id of await api.documents.idle(Date.now() + 1, 99)) {
        const record = await recordOf(id);
        if (record.cached) await api.finish(id);
      }
    }
  })();
  const answer = await api.submit({ payload, headers }, query);
  done.abort();
  await assembling;
  return answer;
};
const jobs = async (): Promise<string[]> => api.redis.lrange(`${api.prefix}:ocr:wait`, 0, -1);

describe("the same bytes with the same options", () => {
  it("are not recognised again: 202 with the finished document, which says that it is a copy", async () => {
    const first = await recognised();
    const answer = await submit("?reference=second&ttl=60&outputs=pdf");
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({
      status: "succeeded",
      cached: true,
      reference: "second",
      pages: { total: 2, done: 2, failed: 0 },
      options: { ttl: 60, outputs: ["pdf"] },
    });
    expect(answer.json().id).not.toBe(first.id);
    expect(await jobs()).toEqual([`${answer.json().id}-assemble-1`]);
    const events = (await api.get(answer.json().links.events)).body;
    expect([...events.matchAll(/event: (.*)/g)].map(([, name]) => name)).toEqual([
      "document.processing",
      "document.progress",
      "page.succeeded",
      "page.succeeded",
      "document.succeeded",
    ]);
  });

  it("under Prefer: wait are answered with 200", async () => {
    await recognised();
    expect((await submit("", { prefer: "wait=9" })).statusCode).toBe(200);
  });

  it("give each document results of its own: deleting one harms no other, and the last one takes the bytes along", async () => {
    const first = await recognised();
    const second = Document.parse((await submit()).json());
    await api.remove(first.id);
    expect((await api.get(`${second.links.self}/pages/2`)).json()).toEqual({ number: 2 });
    await api.remove(second.id);
    expect(await api.stored()).toEqual([]);
    expect((await submit()).json().cached).toBe(false);
  });

  it("are recognised anew for who asks for that", async () => {
    await recognised();
    const answer = await submit("", { "cache-control": "max-age=0, No-Cache" });
    expect(answer.json()).toMatchObject({ status: "queued", cached: false });
  });

  it("leave no trace of the result they were found by", async () => {
    const { id } = await recognised();
    expect((await api.kept()).filter((name) => name.startsWith("cache:"))).toHaveLength(1);
    await api.remove(id);
    expect((await api.kept()).filter((name) => name.startsWith("cache:"))).toEqual([]);
  });

  it("also find their result while no worker is there", async () => {
    await recognised();
    await api.workers.leave(worker.worker);
    expect((await submit()).json().cached).toBe(true);
  });
});

describe("a result is not found", () => {
  it("by another tenant", async () => {
    await recognised();
    expect((await submit("", await api.bearer({ tenant: OTHER_TENANT }))).json().cached).toBe(false);
  });

  it.each(["?languages=spa", "?languages=eng%2Bspa", "?pages=1", "?text_layer=ignore"])("with %s", async (query) => {
    await recognised();
    expect((await submit(query)).json()).toMatchObject({ status: "queued", cached: false });
  });

  it("for other bytes", async () => {
    await recognised();
    expect((await submit("", {}, PDF)).json().cached).toBe(false);
  });

  it.each([
    ["another engine", { engine: "tesseract.js" }],
    ["another version of the engine", { engine_version: "6" }],
    ["another model", { models: [model("spa", "retrained"), model("eng")] }],
  ])("once the workers have %s", async (_, change) => {
    await recognised();
    await api.workers.announce({ ...worker, ...change });
    expect((await submit()).json().cached).toBe(false);
  });

  it("but is, when only a model has changed that it did not need", async () => {
    await recognised("?languages=spa");
    await api.workers.announce({ ...worker, models: [model("spa"), model("eng", "retrained")] });
    expect((await submit("?languages=spa")).json().cached).toBe(true);
  });

  it("when it goes while it is being copied: then the document is recognised", async () => {
    const { id } = await recognised();
    vi.spyOn(api.storage, "copy").mockImplementationOnce(async () => {
      await api.remove(id);
      return false;
    });
    expect((await submit()).json()).toMatchObject({ status: "queued", cached: false });
  });
});
