import { once } from "node:events";
import { mkdtempDisposable } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { DocumentOptions, type ProblemCode } from "@lectura/contracts";
import {
  createKeys,
  createWorkers,
  isTombstone,
  type NewDocument,
  newDocumentId,
  resultKey,
  storageKeys,
} from "@lectura/documents";
import { createReuse } from "@lectura/intake";
import { createProducer } from "@lectura/queue";
import { createStorage } from "@lectura/storage";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openCourier, TENANT, type TestCourier, TRACE_ID } from "../fixtures/open-courier.ts";
import { createDownload } from "./download.ts";
import { createFetchSource } from "./fetch-source.ts";

const PDF = Buffer.from("%PDF-1.7\n%âãÏÓ\n1 0 obj\n");
const LIMIT = 10_000;

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;
let handle: Handler;
const server = createServer((request, response) => void handle(request, response));
let origin = "";
const folder = await mkdtempDisposable(join(tmpdir(), "lectura-courier-test-"));
const storage = createStorage(pathToFileURL(folder.path).href);

let at: TestCourier;
let producer: ReturnType<typeof createProducer>;
let outcomes: string[];
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address === "object" && address) origin = `http://127.0.0.1:${address.port}`;
});
beforeEach(() => {
  at = openCourier(process.env["REDIS_URL"]);
  producer = createProducer({ connection: at.redis, prefix: at.prefix });
  outcomes = [];
  handle = (_request, response) => response.end(PDF);
});
afterEach(async () => {
  await producer.close();
  await at.close();
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await storage.close();
  await folder.remove();
});

/** A document whose file is behind this URL, as ocr-api takes it in. */
const named = async (source_url = `${origin}/a.pdf`, given: Partial<NewDocument> = {}) => {
  const now = Date.now();
  const options = DocumentOptions.parse({});
  const id = newDocumentId(now);
  await at.documents.create({
    id,
    tenant: TENANT,
    input: null,
    source_url,
    options,
    trace_id: TRACE_ID,
    now,
    ...given,
  });
  await at.documents.wantFetch(id);
  return id;
};
const reuse = () =>
  createReuse({ documents: at.documents, workers: createWorkers(at.redis, createKeys(at.prefix)), storage });
const fetchSource = async (id: string, { seconds = 20 } = {}) => {
  const fetch = createFetchSource({
    documents: at.documents,
    storage,
    producer,
    download: createDownload({ guard: at.guard, limits: { bytes: LIMIT, seconds } }),
    reuse: reuse(),
    onFetched: (outcome) => outcomes.push(outcome),
  });
  return fetch(id, new AbortController().signal);
};
const recordOf = async (id: string) => {
  const record = await at.documents.read(id);
  if (!record || isTombstone(record)) throw new Error(`${id} has no record`);
  return record;
};
const inputOf = async (id: string) => storage.read(storageKeys(TENANT, id).input);
const jobs = async () => Object.values(await producer.counts()).reduce((sum, count) => sum + count, 0);
const slowly: Handler = (_request, response) => void response.write(PDF);
const busy: Handler = (_request, response) => response.writeHead(503).end();
/** When the only fetch is due. */
const due = async (): Promise<number> => {
  const [, score] = await at.redis.zrange(`${at.prefix}:documents:fetches`, "0", "-1", "WITHSCORES");
  return Number(score);
};
const redirecting =
  (location: string): Handler =>
  (_request, response) =>
    response.writeHead(302, { location }).end();

describe("a document behind a URL", () => {
  it("is fetched into storage and handed on to the workers, and the URL is forgotten", async () => {
    handle = (_request, response) =>
      response.setHeader("content-disposition", 'attachment; filename="report 7.pdf"').end(PDF);
    const id = await named();
    expect(await at.documents.claimFetches(9, 60_000)).toEqual([id]);
    await fetchSource(id);
    expect(await recordOf(id)).toMatchObject({
      status: "queued",
      source_url: null,
      input: { filename: "report 7.pdf", media_type: "application/pdf", bytes: PDF.length },
    });
    expect(await inputOf(id)).toEqual(PDF);
    expect(await jobs()).toBe(1);
    expect(outcomes).toEqual(["fetched"]);
    expect(await at.redis.zcard(`${at.prefix}:documents:fetches`)).toBe(0);
  });

  it("is handed to one courier at a time, and to the next one when its lease is over", async () => {
    const id = await named();
    expect(await at.documents.claimFetches(9, 60_000)).toEqual([id]);
    expect(await at.documents.claimFetches(9, 60_000)).toEqual([]);
    await at.redis.zadd(`${at.prefix}:documents:fetches`, "XX", 0, id);
    expect(await at.documents.claimFetches(9, 60_000)).toEqual([id]);
  });

  it("is fetched once more by a second courier without harm: one input, counted once, one job", async () => {
    const id = await named();
    await Promise.all([fetchSource(id), fetchSource(id)]);
    const today = new Date().toISOString().slice(0, 10);
    expect(await at.documents.usageOf(TENANT, [today])).toMatchObject([{ bytes: PDF.length }]);
    expect(await inputOf(id)).toEqual(PDF);
    expect(await jobs()).toBe(1);
  });

  it("is found after redirects", async () => {
    let hops = 0;
    handle = (request, response) =>
      hops++ < 5 ? redirecting(`${origin}/${hops}`)(request, response) : response.end(PDF);
    const id = await named();
    await fetchSource(id);
    expect((await recordOf(id)).input?.bytes).toBe(PDF.length);
  });
});

describe("a document whose file was recognised before", () => {
  const worker = { worker: "w", engine: "tesseract", engine_version: "5", slots: 1, models: [] };
  const options = DocumentOptions.parse({ callback_url: "https://receiver.example/" });
  const earlier = async (): Promise<void> => {
    await createWorkers(at.redis, createKeys(at.prefix)).announce(worker);
    const id = await named();
    await fetchSource(id);
    const { input, options } = await recordOf(id);
    if (!input) throw new Error("it was fetched");
    const job = { document: id, attempt: 1 };
    await at.documents.start(job);
    await at.documents.plan(job, { sourcePages: 1, selected: 1, window: 1 });
    await storage.put(storageKeys(TENANT, id).page(1), '{"number":1}');
    await at.documents.settlePage(job, { number: 1, failure: null, milliseconds: 1 });
    const by = resultKey({ input, options }, worker);
    await at.documents.finish(job, { status: "succeeded", finished_at: 1 }, { tenant: TENANT, by });
  };

  it("has its pages from there; that somebody else is told of its end makes no difference", async () => {
    await earlier();
    const id = await named(`${origin}/other.pdf`, { options });
    await fetchSource(id);
    expect(await recordOf(id)).toMatchObject({ status: "processing", cached: true, total: 1, done: 1 });
    expect(String(await storage.read(storageKeys(TENANT, id).page(1)))).toBe('{"number":1}');
  });

  it.each<[string, Partial<NewDocument>]>([
    ["its sender wants it anew", { anew: true }],
    ["it came with a password", { sealed_password: "sealed" }],
  ])("is recognised again when %s", async (_why, given) => {
    await earlier();
    const id = await named(`${origin}/a.pdf`, given);
    await fetchSource(id);
    expect(await recordOf(id)).toMatchObject({ status: "queued", cached: false, input: { bytes: PDF.length } });
  });
});

/** A file that would unfold to far more than the limit, if anybody unpacked it. */
const packed =
  (coding: string, pack: (bytes: Buffer) => Buffer): Handler =>
  (_request, response) =>
    response.setHeader("content-encoding", coding).end(pack(Buffer.concat([PDF, Buffer.alloc(500 * LIMIT)])));

describe("a document that cannot be had", () => {
  it.each<[string, ProblemCode, Handler]>([
    ["the server answers 404", "fetch-failed", (_request, response) => response.writeHead(404).end("no")],
    ["it does not end in time", "fetch-failed", slowly],
    ["redirects do not end", "fetch-failed", (request, response) => redirecting(`${origin}/again`)(request, response)],
    ["a redirect leads inward", "forbidden-url", redirecting("http://169.254.169.254/latest/meta-data/")],
    ["a redirect leads to a file", "forbidden-url", redirecting("file:///etc/passwd")],
    ["it says that it is too large", "file-too-large", (_request, response) => response.end(Buffer.alloc(LIMIT + 1))],
    ["it is no document", "unsupported-media-type", (_request, response) => response.end("<html></html>")],
    ["it is packed by gzip", "unsupported-media-type", packed("gzip", gzipSync)],
    ["it is packed by deflate", "unsupported-media-type", packed("deflate", deflateSync)],
    ["it is packed by br", "unsupported-media-type", packed("br", brotliCompressSync)],
    ["it is packed by zstd", "unsupported-media-type", packed("zstd", zstdCompressSync)],
    [
      "it is packed twice",
      "unsupported-media-type",
      packed("gzip, br", (bytes) => brotliCompressSync(gzipSync(bytes))),
    ],
    ["it is empty", "empty-file", (_request, response) => response.end()],
    [
      "it is too large without saying so",
      "file-too-large",
      (_request, response) => (response.write(PDF), response.end(Buffer.alloc(LIMIT))),
    ],
  ])("because %s fails with %s", async (_why, code, handler) => {
    handle = handler;
    const id = await named();
    await fetchSource(id, handler === slowly ? { seconds: 1 } : {});
    expect(await recordOf(id)).toMatchObject({ status: "failed", source_url: null, input: null, error: { code } });
    expect(JSON.stringify((await recordOf(id)).error)).not.toContain("127.0.0.1");
    expect(await inputOf(id)).toBeUndefined();
    expect(await jobs()).toBe(0);
    expect(await at.documents.ended(9)).toMatchObject([{ document: id, event: "document.failed" }]);
    expect(await at.redis.zcard(`${at.prefix}:documents:fetches`)).toBe(0);
  });

  it("takes the key to its password along", async () => {
    const id = await named(`${origin}/a.pdf`, { sealed_password: "sealed" });
    const { passwordKey } = storageKeys(TENANT, id);
    await storage.put(passwordKey, "key");
    handle = (_request, response) => response.writeHead(404).end();
    await fetchSource(id);
    expect(await recordOf(id)).toMatchObject({ status: "failed", sealed_password: null });
    expect(await storage.read(passwordKey)).toBeUndefined();
  });

  it("because its address is not public is not even asked for", async () => {
    let asked = 0;
    handle = (_request, response) => response.end(String(asked++));
    const id = await named(origin.replace("127.0.0.1", "127.0.0.2"));
    await fetchSource(id);
    expect((await recordOf(id)).error?.code).toBe("forbidden-url");
    expect(asked).toBe(0);
  });
});

describe("a fetch that fails by something that may pass", () => {
  it.each<[string, Handler]>([
    ["the server is busy", busy],
    ["it wants fewer calls", (_request, response) => response.writeHead(429).end()],
    ["the connection breaks off", (_request, response) => (response.write(PDF), response.destroy())],
    [
      "less comes than was said",
      (_request, response) => {
        response.writeHead(200, { "content-length": 2 * PDF.length });
        response.write(PDF);
        setImmediate(() => response.destroy());
      },
    ],
  ])("is tried again because %s, and then all is well", async (_why, handler) => {
    handle = handler;
    const id = await named();
    const began = Date.now();
    await fetchSource(id);
    expect(await recordOf(id)).toMatchObject({ status: "queued", source_url: expect.any(String), input: null });
    expect(await due()).toBeGreaterThanOrEqual(began + 1000);
    expect(await inputOf(id)).toBeUndefined();
    handle = (_request, response) => response.end(PDF);
    await fetchSource(id);
    expect((await recordOf(id)).input?.bytes).toBe(PDF.length);
    expect(outcomes).toEqual(["put-off", "fetched"]);
    expect(await at.redis.hget(`${at.prefix}:document:${id}`, "failed_fetches")).toBeNull();
  });

  it("is given up after the fourth try", async () => {
    handle = busy;
    const id = await named();
    for (let attempt = 1; attempt <= 3; attempt += 1) await fetchSource(id);
    expect((await recordOf(id)).status).toBe("queued");
    await fetchSource(id);
    expect(await recordOf(id)).toMatchObject({ status: "failed", error: { code: "fetch-failed" } });
    expect(await at.redis.zcard(`${at.prefix}:documents:fetches`)).toBe(0);
  });
});

describe("a document that was cancelled while it was fetched", () => {
  it("is fetched no further, and nothing of it stays", async () => {
    const answered = Promise.withResolvers<ServerResponse>();
    handle = (_request, response) => {
      response.write(PDF);
      answered.resolve(response);
    };
    const id = await named();
    const fetching = fetchSource(id);
    const closed = once(await answered.promise, "close");
    await at.documents.cancel(TENANT, id);
    await fetching;
    await closed;
    expect(await recordOf(id)).toMatchObject({ status: "cancelled", input: null, source_url: null });
    expect(await inputOf(id)).toBeUndefined();
    expect(await at.redis.zcard(`${at.prefix}:documents:fetches`)).toBe(0);
  });

  it("just before its last byte leaves no bytes either", async () => {
    const id = await named();
    handle = async (_request, response) => {
      await at.documents.cancel(TENANT, id);
      response.end(PDF);
    };
    await fetchSource(id);
    expect((await recordOf(id)).status).toBe("cancelled");
    expect(await inputOf(id)).toBeUndefined();
    expect(await jobs()).toBe(0);
  });
});

describe("a document that was deleted", () => {
  it("while it was fetched leaves no bytes and no job", async () => {
    const id = await named();
    handle = async (_request, response) => {
      await at.documents.bury({ id, tenant: TENANT, reference: null }, "deleted");
      response.end(PDF);
    };
    await fetchSource(id);
    expect(await inputOf(id)).toBeUndefined();
    expect(await jobs()).toBe(0);
  });

  it("before it was fetched is not fetched", async () => {
    const id = await named();
    await at.documents.bury({ id, tenant: TENANT, reference: null }, "deleted");
    await fetchSource(id);
    expect(outcomes).toEqual([]);
    expect(await at.redis.hgetall(`${at.prefix}:document:${id}`)).toEqual({ tenant: TENANT, status: "deleted" });
  });
});

it("a storage that is away is nobody's fault: the document stays queued and is fetched again later", async () => {
  const id = await named();
  const away = { ...storage, put: async () => Promise.reject(new Error("ENOSPC")) };
  const download = createDownload({ guard: at.guard, limits: { bytes: LIMIT, seconds: 20 } });
  const fetch = createFetchSource({
    documents: at.documents,
    storage: away,
    producer,
    download,
    reuse: reuse(),
    onFetched: () => {},
  });
  await expect(fetch(id, new AbortController().signal)).rejects.toThrow("ENOSPC");
  expect(await recordOf(id)).toMatchObject({ status: "queued", source_url: expect.any(String) });
});
