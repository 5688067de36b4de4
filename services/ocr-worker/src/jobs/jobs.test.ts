import { randomBytes } from "node:crypto";
import { type DocumentId, DocumentResult, type JobPayload, PageResult, ProblemError } from "@lectura/contracts";
import { resultKey, storageKeys } from "@lectura/documents";
import type { Ocr } from "@lectura/ocr";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { lineTexts, oneLine, pageText, sample, textPdf, threePageScan } from "../fixtures/documents.ts";
import { cpuSeconds, engineProcesses } from "../fixtures/engine-processes.ts";
import { startWorker, type TestWorker } from "../fixtures/start-worker.ts";
import { takeIn, TENANT } from "../fixtures/take-in.ts";
import { useWorker } from "../fixtures/use-worker.ts";
import { createInspect } from "./inspect.ts";
import { createPage } from "./page.ts";

let ocr: Ocr;
let worker: TestWorker;
useWorker(process.env, (nextWorker, core) => {
  worker = nextWorker;
  ocr = core;
});

const text = async (id: DocumentId): Promise<string> =>
  String(await worker.storage.read(storageKeys(TENANT, id).result("text")));
const resultOf = async (id: DocumentId): Promise<DocumentResult> =>
  DocumentResult.parse(JSON.parse(String(await worker.storage.read(storageKeys(TENANT, id).result("json")))));
const pageOf = async (id: DocumentId, number: number): Promise<PageResult> =>
  PageResult.parse(JSON.parse(String(await worker.storage.read(storageKeys(TENANT, id).page(number)))));

describe("a document is read", () => {
  it("of one page, in one job: text, boxes and provenance", async () => {
    worker.run();
    const { document: id } = await worker.submit(await oneLine());
    expect(await worker.untilFinal(id)).toMatchObject({
      status: "succeeded",
      total: 1,
      done: 1,
      failed: 0,
      error: null,
    });
    expect(await text(id)).toBe(`${lineTexts[0]}\n`);
    const { document, pages, provenance } = await resultOf(id);
    expect(pages).toEqual([await pageOf(id, 1)]);
    expect(pages[0]).toMatchObject({ number: 1, width: 1290, height: 90, source: "ocr", languages: ["spa"] });
    expect(pages[0]?.blocks[0]?.lines[0]?.words.map((word) => word.text).join(" ")).toBe(lineTexts[0]);
    expect(document).toMatchObject({
      id,
      status: "succeeded",
      pages: { total: 1, done: 1 },
      confidence: pages[0]?.confidence,
    });
    const { input } = await worker.read(id);
    expect(provenance).toMatchObject({
      engine: ocr.info.engine,
      input_sha256: input?.sha256,
      trace_id: "0".repeat(32),
    });
    expect(provenance.models.map(({ language }) => language)).toEqual(["spa"]);
  });

  it("of three scanned pages, page by page, and put together in order", async () => {
    worker.run();
    const { document: id } = await worker.submit(await threePageScan());
    expect(await worker.untilFinal(id)).toMatchObject({ status: "succeeded", source_pages: 3, total: 3, done: 3 });
    expect(await text(id)).toBe(lineTexts.map((line) => `${line}\n`).join("\f"));
    expect((await resultOf(id)).pages.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it("of more pages than may wait in the queue at once, by two workers", async () => {
    worker.run();
    worker.run();
    const { document: id } = await worker.submit(await textPdf(11));
    expect(await worker.untilFinal(id)).toMatchObject({ status: "succeeded", total: 11, done: 11, issued: 11 });
    expect((await text(id)).split("\f")).toEqual(Array.from({ length: 11 }, (_, index) => `${pageText(index + 1)}\n`));
    expect((await resultOf(id)).pages.every(({ source }) => source === "text-layer")).toBe(true);
  });

  it("only in the pages that were asked for", async () => {
    worker.run();
    const { document: id } = await worker.submit(await textPdf(7), { pages: "6-9,2" });
    expect(await worker.untilFinal(id)).toMatchObject({ status: "succeeded", source_pages: 7, total: 3, done: 3 });
    expect((await resultOf(id)).pages.map(({ number }) => number)).toEqual([2, 6, 7]);
    expect((await worker.stored()).filter((key) => key.includes("/pages/"))).toHaveLength(3);
  });

  it.each([1, 3])("of %d pages under a password, of which nothing is left in Redis or storage", async (pages) => {
    const { document: id } = await worker.submit(await textPdf(pages, { password: "contraseña" }), {
      password: "contraseña",
    });
    expect(await worker.inRedis()).toContain("sealed_password");
    expect(await worker.stored()).toContain(storageKeys(TENANT, id).passwordKey);
    worker.run();
    expect(await worker.untilFinal(id)).toMatchObject({ status: "succeeded", done: pages, sealed_password: null });
    expect((await text(id)).split("\f")[0]).toBe(`${pageText(1)}\n`);
    expect(await worker.inRedis()).not.toMatch(/contraseña|sealed_password/);
    await expect.poll(() => worker.stored()).not.toContain(storageKeys(TENANT, id).passwordKey);
  });

  it("under another password: not, and of that nothing is left either", async () => {
    const { document: id } = await worker.submit(await textPdf(2, { password: "secreto" }), { password: "otra" });
    worker.run();
    expect(await worker.untilFinal(id)).toMatchObject({
      status: "failed",
      error: { code: "password-protected", detail: expect.stringContaining("does not open with this password") },
      sealed_password: null,
    });
    await expect.poll(() => worker.stored()).not.toContain(storageKeys(TENANT, id).passwordKey);
  });

  it("half of it born digital, each page its own way", async () => {
    worker.run();
    const { document: id } = await worker.submit(await sample("informe.pdf"));
    await worker.untilFinal(id);
    expect((await resultOf(id)).pages.map(({ source }) => source)).toEqual(["text-layer", "text-layer", "ocr"]);
  });

  it("without what is not needed any more: the local input goes with the end", async () => {
    worker.run();
    const { document: id } = await worker.submit(await textPdf(3));
    await worker.untilFinal(id);
    await expect.poll(() => worker.scratch()).toEqual([]);
  });
});

describe("pages that cannot be read", () => {
  it("make the document partial, each named where it is", async () => {
    worker.run();
    const { document: id } = await worker.submit(await textPdf(3, { damaged: [2] }));
    expect(await worker.untilFinal(id)).toMatchObject({ status: "partial", total: 3, done: 2, failed: 1, error: null });
    expect(await text(id)).toBe(`${pageText(1)}\n\f\f${pageText(3)}\n`);
    expect((await pageOf(id, 2)).error).toMatchObject({ code: "undecodable-file", retryable: false });
    expect((await resultOf(id)).pages.map(({ error }) => error?.code)).toEqual([
      undefined,
      "undecodable-file",
      undefined,
    ]);
  });

  it("make it failed when there are no others", async () => {
    worker.run();
    const { document: id } = await worker.submit(await textPdf(3, { damaged: [1, 2, 3] }));
    expect(await worker.untilFinal(id)).toMatchObject({
      status: "failed",
      done: 0,
      failed: 3,
      error: { code: "undecodable-file", detail: expect.stringContaining("Page 1") },
    });
    expect((await worker.stored()).filter((key) => key.includes("/result."))).toEqual([]);
  });

  it.each<[code: string, what: string, bytes: () => Promise<Buffer>, options?: { pages?: string; languages?: string }]>(
    [
      ["undecodable-file", "a file that is cut short", async () => (await oneLine()).subarray(0, 3000)],
      ["undecodable-file", "a PDF that is only a head", async () => Buffer.from("%PDF-1.7\n%garbage")],
      ["password-protected", "a PDF under a password", async () => textPdf(1, { password: "secreto" })],
      ["invalid-option", "a selection of pages that are not there", async () => textPdf(2), { pages: "7-9" }],
      ["unknown-language", "a language that no worker has", async () => oneLine(), { languages: "tlh" }],
    ],
  )("%s: %s", async (code, _, bytes, options = {}) => {
    worker.run();
    const { document: id } = await worker.submit(await bytes(), options);
    const { status, error } = await worker.untilFinal(id);
    expect([status, error?.code]).toEqual(["failed", code]);
    expect(error?.detail).toMatch(/^[A-Z]|^pages/);
    await expect.poll(() => worker.scratch()).toEqual([]);
  });

  it("too-many-pages: more pages than allowed; fewer may be selected", async () => {
    const strict = await startWorker({ environment: process.env, ocr, maxPages: 2 });
    strict.run();
    const refused = await strict.submit(await textPdf(3));
    const { error } = await strict.untilFinal(refused.document);
    expect(error).toMatchObject({ code: "too-many-pages", detail: expect.stringMatching(/3 pages.*limit is 2/) });
    const { document: id } = await strict.submit(await textPdf(3), { pages: "2-3" });
    expect(await strict.untilFinal(id)).toMatchObject({ status: "succeeded" });
    await strict.redis.hset(`${strict.prefix}:limits:${TENANT}`, { document_pages: 3 });
    const { document: allowed } = await strict.submit(await textPdf(3));
    expect(await strict.untilFinal(allowed)).toMatchObject({ status: "succeeded" });
    await strict.close();
  });
});

const pageJob = (job: JobPayload<"inspect">, page: number): JobPayload<"page"> => ({ ...job, page });

describe("a job that comes twice", () => {
  const signal = new AbortController().signal;

  /** Inspected, and none of its pages read. */
  const inspected = async (bytes: Buffer): Promise<JobPayload<"inspect">> => {
    const job = await worker.submit(bytes);
    await createInspect(worker.dependencies)(job, { signal });
    return job;
  };

  it("counts its page once", async () => {
    const job = await inspected(await textPdf(3));
    const page = createPage(worker.dependencies);
    await page(pageJob(job, 2), { signal });
    await page(pageJob(job, 2), { signal });
    expect(await worker.read(job.document)).toMatchObject({ done: 1, failed: 0, status: "processing" });
    await Promise.all([page(pageJob(job, 3), { signal }), page(pageJob(job, 3), { signal })]);
    expect(await worker.read(job.document)).toMatchObject({ done: 2, failed: 0, status: "processing" });
  });

  it("inspects once: the second time finds the plan of the first", async () => {
    const job = await inspected(await textPdf(3));
    await createPage(worker.dependencies)(pageJob(job, 1), { signal });
    await createInspect(worker.dependencies)(job, { signal });
    expect(await worker.read(job.document)).toMatchObject({ total: 3, issued: 3, done: 1 });
  });

  it.each<[how: string, end: (id: DocumentId) => Promise<PageResult>]>([
    ["well", async (id) => pageOf(id, 1)],
    ["badly", () => Promise.reject(new ProblemError("page-timeout", "It took too long."))],
  ])("and ends after the document is finished, %s, leaves its results alone", async (_, end) => {
    const job = await inspected(await textPdf(2));
    const held = Promise.withResolvers<void>();
    const recognising = Promise.withResolvers<void>();
    // A worker that stood still beyond its lock, so that another took the same page and finished the document.
    const recognize = async (): Promise<PageResult> => {
      recognising.resolve();
      await held.promise;
      return end(job.document);
    };
    const late = createPage({ ...worker.dependencies, ocr: { ...ocr, recognize } })(pageJob(job, 1), { signal });
    await recognising.promise;
    worker.run();
    await worker.untilFinal(job.document);
    const before = await worker.stored();
    expect(before.filter((key) => key.includes("/result."))).toHaveLength(2);
    held.resolve();
    await late;
    expect((await worker.stored()).toSorted()).toEqual(before.toSorted());
    expect((await pageOf(job.document, 1)).error).toBeNull();
    expect(await worker.read(job.document)).toMatchObject({ status: "succeeded", done: 2, failed: 0 });
  });
});

const remove = async (id: DocumentId): Promise<void> => {
  await worker.documents.bury({ id, tenant: TENANT, reference: null }, "deleted");
  await worker.storage.deletePrefix(storageKeys(TENANT, id).prefix);
};
const nothingIsLeft = async (): Promise<void> => {
  await expect.poll(() => worker.stored()).toEqual([]);
  await expect.poll(() => worker.scratch()).toEqual([]);
};

describe("a document that is deleted", () => {
  it.each([
    ["of one page", async () => oneLine()],
    ["of several", async () => textPdf(3)],
  ])("while a page is read, %s, leaves no bytes, neither stored nor local", async (_, bytes) => {
    const deleted = Promise.withResolvers<void>();
    const recognize: Ocr["recognize"] = async (...page) => {
      const result = await ocr.recognize(...page);
      await remove(job.document);
      deleted.resolve();
      return result;
    };
    worker.run({ ocr: { ...ocr, recognize } });
    const job = await worker.submit(await bytes());
    await deleted.promise;
    await nothingIsLeft();
  });

  it("while its results are written leaves no bytes, neither stored nor local", async () => {
    const deleted = Promise.withResolvers<void>();
    const put: TestWorker["storage"]["put"] = async (key, ...rest) => {
      if (key.endsWith("/result.json")) {
        await remove(job.document);
        deleted.resolve();
      }
      return worker.storage.put(key, ...rest);
    };
    worker.run({ storage: { ...worker.storage, put } });
    const job = await worker.submit(await oneLine());
    await deleted.promise;
    await nothingIsLeft();
  });
});

/** A page that recognises for a minute and more. */
const endlessPage = async (): Promise<Buffer> => {
  const side = 3000;
  const noise = randomBytes(side * side);
  return sharp(noise, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();
};
const cpuOfEngines = async (): Promise<number> => {
  const pids = await engineProcesses();
  return pids.map(cpuSeconds).reduce((sum, each) => sum + each, 0);
};

describe("a document in the middle of a page", () => {
  it.each([
    ["cancelled", async (id: DocumentId) => worker.documents.cancel(TENANT, id)],
    ["deleted", remove],
  ])("that is %s gives the processor back: the process that read it is gone", async (_, end) => {
    worker.run({}, 1);
    const { document: id } = await worker.submit(await endlessPage());
    const idle = await cpuOfEngines();
    await expect.poll(cpuOfEngines, { timeout: 30_000 }).toBeGreaterThan(idle + 1);
    const working = await engineProcesses();
    await end(id);
    const survivors = async () => (await engineProcesses()).filter((pid) => working.includes(pid));
    await expect.poll(survivors, { timeout: 2000, interval: 50 }).toEqual([]);
    await expect.poll(() => worker.scratch()).toEqual([]);
    const { document: next } = await worker.submit(await oneLine());
    expect(await worker.untilFinal(next)).toMatchObject({ status: "succeeded" });
  });
});

const neverAsked = async (): Promise<never> => Promise.reject(new Error("nothing is to be recognised"));

describe("a document whose pages are copies", () => {
  it("is put together without being recognised, under its own name", async () => {
    worker.run();
    const first = await worker.submit(await textPdf(3));
    await worker.untilFinal(first.document);
    const idle = await startWorker({ environment: process.env, ocr: { ...ocr, recognize: neverAsked } });
    const { documents, storage, producer } = idle.dependencies;
    const copy = await takeIn(
      { ...idle.dependencies, producer: { ...producer, add: async () => {} } },
      await textPdf(3),
      { outputs: "pdf,hocr" },
    );
    const [from, to] = [first, copy].map(({ document }) => storageKeys(TENANT, document));
    for (const page of [1, 2, 3]) {
      await storage.put(to?.page(page) ?? "", (await worker.storage.read(from?.page(page) ?? "")) ?? "");
    }
    await documents.adopt(copy, { sourcePages: 3, pages: [1, 2, 3] });
    await producer.add("assemble", copy);
    idle.run();
    expect(await idle.untilFinal(copy.document)).toMatchObject({ status: "succeeded", cached: true, found_by: null });
    const bytes = await storage.read(to?.result("json") ?? "");
    expect(DocumentResult.parse(JSON.parse(String(bytes)))).toMatchObject({
      document: { id: copy.document, cached: true },
      pages: [{ text: `${pageText(1)}\n` }, { text: `${pageText(2)}\n` }, { text: `${pageText(3)}\n` }],
    });
    for (const format of ["pdf", "hocr"] as const) {
      expect(await storage.head(to?.made(format, 1) ?? "")).toBeDefined();
    }
    await idle.close();
  });

  it("can be made of every document that was recognised well", async () => {
    worker.run();
    const { document: id } = await worker.submit(await oneLine());
    const record = await worker.untilFinal(id);
    const { input, options } = record;
    if (!input) throw new Error("it was taken in with its input");
    expect(await worker.documents.findResult(TENANT, [resultKey({ input, options }, ocr.info)])).toEqual(record);
  });
});

/** The core, but so many times its process dies while it reads page `number`. */
const dyingOver = (number: number, times: number): Ocr => {
  let left = times;
  return {
    ...ocr,
    recognize: async (path, page, options) => {
      // So that a process is there and has this file open.
      await ocr.inspect(path);
      const pids = await engineProcesses();
      const running = ocr.recognize(path, page, options);
      if (page === number && left > 0) {
        left -= 1;
        for (const pid of pids) process.kill(pid, "SIGKILL");
      }
      return running;
    },
  };
};

describe("an engine that is killed in the middle of a page", () => {
  it("gets the page again", async () => {
    worker.run({ ocr: dyingOver(2, 2) }, 1);
    const { document: id } = await worker.submit(await threePageScan());
    expect(await worker.untilFinal(id)).toMatchObject({ status: "succeeded", done: 3, failed: 0 });
    expect(await text(id)).toBe(lineTexts.map((line) => `${line}\n`).join("\f"));
  });

  it("three times over the same page, is spared that page; the others are read", async () => {
    worker.run({ ocr: dyingOver(2, Infinity) }, 1);
    const { document: id } = await worker.submit(await threePageScan());
    expect(await worker.untilFinal(id)).toMatchObject({ status: "partial", done: 2, failed: 1 });
    expect((await pageOf(id, 2)).error).toMatchObject({ code: "page-crashed" });
    expect(await text(id)).toBe(`${lineTexts[0]}\n\f\f${lineTexts[2]}\n`);
    expect((await worker.documents.listLetters(TENANT, { limit: 9 })).items).toMatchObject([
      { document_id: id, page: 2, class: "bug", code: "page-crashed", attempts: 3 },
    ]);
  });

  it("can have its page read again once the fault is gone, and the document is whole then", async () => {
    worker.run({ ocr: dyingOver(2, 3) }, 1);
    const { document: id } = await worker.submit(await threePageScan());
    const record = await worker.untilFinal(id);
    expect(record.status).toBe("partial");
    const letter = { document: id, name: "1-2", page: 2 };
    const { producer } = worker.dependencies;
    const asMarkdown = async (ofAttempt: number): Promise<string> => {
      await producer.add("format", { tenant: TENANT, document: id, attempt: ofAttempt, format: "markdown" });
      const key = storageKeys(TENANT, id).made("markdown", ofAttempt);
      await expect.poll(async () => worker.storage.head(key)).toBeDefined();
      return String(await worker.storage.read(key));
    };
    expect(await asMarkdown(1)).not.toContain("tubería");
    const attempt = await worker.documents.replayLetter(TENANT, letter, record.options);
    await producer.add("page", { tenant: TENANT, document: id, attempt, page: 2 });
    expect(await worker.untilFinal(id)).toMatchObject({ status: "succeeded", attempt: 2, done: 3, failed: 0 });
    expect(await text(id)).toBe(lineTexts.map((line) => `${line}\n`).join("\f"));
    expect(await asMarkdown(2)).toContain("tubería");
  });

  it("three times over the only page, leaves the document failed", async () => {
    worker.run({ ocr: dyingOver(1, Infinity) }, 1);
    const { document: id } = await worker.submit(await oneLine());
    expect(await worker.untilFinal(id)).toMatchObject({ status: "failed", error: { code: "page-crashed" } });
  });
});
