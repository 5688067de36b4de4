import { type DocumentId, type ExtraFormat, Failure, PageResult, ProblemError } from "@lectura/contracts";
import { storageKeys } from "@lectura/documents";
import type { Ocr } from "@lectura/ocr";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { lineTexts, oneLine, pageText, sample, textPdf, threePageScan } from "../fixtures/documents.ts";
import type { TestWorker } from "../fixtures/start-worker.ts";
import { TENANT } from "../fixtures/take-in.ts";
import { useWorker } from "../fixtures/use-worker.ts";
import { createFormat } from "./format.ts";
import { createImage } from "./image.ts";

const FORMATS: ExtraFormat[] = ["pdf", "hocr", "alto", "tsv", "markdown"];

let ocr: Ocr;
let worker: TestWorker;
useWorker(process.env, (nextWorker, core) => {
  worker = nextWorker;
  ocr = core;
});

const keysOf = (id: DocumentId) => storageKeys(TENANT, id);
const stored = async (key: string): Promise<Buffer> => {
  const bytes = await worker.storage.read(key);
  if (!bytes) throw new Error(`${key} is not there`);
  return bytes;
};
const untilStored = async (key: string): Promise<Buffer> => {
  await expect.poll(async () => worker.storage.head(key), { timeout: 30_000 }).toBeDefined();
  return stored(key);
};
const context = () => ({ signal: new AbortController().signal });
const finished = async (bytes: Buffer, options = {}) => {
  worker.run();
  const job = await worker.submit(bytes, options);
  await worker.untilFinal(job.document);
  return job;
};

describe("a format", () => {
  it("that was asked for at submission is there when the document is finished, others are not", async () => {
    const { document: id } = await finished(await oneLine(), { outputs: "pdf,alto,tsv" });
    expect((await stored(keysOf(id).made("pdf", 1))).subarray(0, 5).toString()).toBe("%PDF-");
    expect(String(await stored(keysOf(id).made("alto", 1)))).toContain('CONTENT="Envigado,"');
    expect(String(await stored(keysOf(id).made("tsv", 1)))).toContain("\tEnvigado,\n");
    expect(await worker.storage.head(keysOf(id).made("markdown", 1))).toBeUndefined();
  });

  it.each(FORMATS)("%s is made when somebody asks for it, from the pages as they are stored", async (format) => {
    const { document: id, ...job } = await finished(await threePageScan());
    await worker.dependencies.producer.add("format", { ...job, document: id, format });
    const bytes = await untilStored(keysOf(id).made(format, 1));
    if (format !== "pdf") return expect(String(bytes)).toContain("Envigado");
    await worker.storage.put("ten_1/pdf", bytes);
    const pdf = await finished(bytes, { text_layer: "only" });
    const text = String(await stored(keysOf(pdf.document).result("text")));
    expect(text.split("\f").map((page) => page.trim())).toEqual([...lineTexts]);
  });

  it("that is there already is not made again", async () => {
    const job = await finished(await textPdf(2));
    const key = keysOf(job.document).made("tsv", 1);
    await worker.storage.put(key, "made before");
    await createFormat(worker.dependencies)({ ...job, format: "tsv" }, context());
    expect(String(await stored(key))).toBe("made before");
  });

  it("of a document that was deleted meanwhile leaves nothing", async () => {
    const job = await finished(await textPdf(2));
    const { documents } = worker;
    const bury = async (): Promise<void> => {
      await documents.bury({ id: job.document, tenant: TENANT, reference: null }, "deleted");
    };
    const inTheMiddle = {
      ...ocr,
      writePdf: async (...args: Parameters<Ocr["writePdf"]>) => bury().then(() => ocr.writePdf(...args)),
    };
    await createFormat({ ...worker.dependencies, ocr: inTheMiddle })({ ...job, format: "pdf" }, context());
    expect((await worker.stored()).filter((key) => key.includes(job.document))).toEqual([]);
    await createFormat(worker.dependencies)({ ...job, format: "alto" }, context());
    expect((await worker.stored()).filter((key) => key.includes(job.document))).toEqual([]);
  });

  it("that the document does not allow leaves the reason, and takes nothing else away", async () => {
    const refusing = { ...ocr, writePdf: async () => Promise.reject(new ProblemError("page-crashed", "It ended.")) };
    worker.run({ ocr: refusing });
    const { document: id } = await worker.submit(await oneLine(), { outputs: "pdf,tsv" });
    expect(await worker.untilFinal(id)).toMatchObject({ status: "succeeded" });
    const keys = keysOf(id);
    const failure = Failure.parse(JSON.parse(String(await stored(keys.failure(keys.made("pdf", 1))))));
    expect(failure).toMatchObject({ code: "page-crashed", detail: "It ended." });
    expect(await worker.storage.head(keys.made("tsv", 1))).toBeDefined();
  });

  it("says which engine has read the pages, whoever makes it later", async () => {
    const job = await finished(await oneLine());
    const newer = { ...ocr, info: { ...ocr.info, engine_version: "99.9" } };
    await createFormat({ ...worker.dependencies, ocr: newer })({ ...job, format: "hocr" }, context());
    const hocr = String(await stored(keysOf(job.document).made("hocr", 1)));
    expect(hocr).toContain(`${ocr.info.engine} ${ocr.info.engine_version}`);
    expect(hocr).not.toContain("99.9");
  });

  it("of an encrypted PDF is made while its password is there; later it is told why it cannot be", async () => {
    const options = { password: "contraseña", outputs: "pdf,tsv" };
    const job = await finished(await textPdf(2, { password: options.password }), options);
    const keys = keysOf(job.document);
    await worker.storage.put("ten_1/pdf", await stored(keys.made("pdf", 1)));
    const plain = await finished(await stored("ten_1/pdf"));
    expect(String(await stored(keysOf(plain.document).result("text")))).toContain(pageText(2));

    await worker.dependencies.producer.add("image", { ...job, page: 1 });
    const image = keys.image(1, 1);
    const failure = Failure.parse(JSON.parse(String(await untilStored(keys.failure(image)))));
    expect(failure.code).toBe("password-protected");
    expect(failure.detail).toMatch(/forgotten .* `outputs`/);
    expect(await worker.storage.head(image)).toBeUndefined();
  });

  it("of a document that is cancelled meanwhile ends at once", async () => {
    const begun = Promise.withResolvers<void>();
    const endless: Ocr["writePdf"] = async (_path, _pages, _target, { signal } = {}) => {
      begun.resolve();
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    };
    worker.run({ ocr: { ...ocr, writePdf: endless } });
    const { document: id } = await worker.submit(await textPdf(3), { outputs: "pdf" });
    await begun.promise;
    await worker.documents.cancel(TENANT, id);
    await expect.poll(async () => (await worker.dependencies.producer.counts()).active).toBe(0);
    expect(await worker.read(id)).toMatchObject({ status: "cancelled" });
    await expect.poll(() => worker.scratch()).toEqual([]);
  });

  it("names the languages that a page was tried in, where they were to be found out", async () => {
    const { document: id } = await finished(await oneLine(), { languages: "auto", outputs: "hocr" });
    const [, languages = ""] =
      /name="ocr-langs" content="(.*?)"/.exec(String(await stored(keysOf(id).made("hocr", 1)))) ?? [];
    expect(languages.split(" ")).toEqual(expect.arrayContaining(["es", "en"]));
    expect(languages).not.toContain("auto");
  });

  it("leaves no scratch file behind", async () => {
    await finished(await oneLine(), { outputs: "pdf" });
    await expect.poll(() => worker.scratch()).toEqual([]);
  });
});

describe("a page's image", () => {
  it.each([
    ["an image that lies askew", "recibo.jpg", 1],
    ["a page of text", "informe.pdf", 1],
    ["a scanned page", "informe.pdf", 3],
  ] as const)("of %s is as large as the boxes say", async (_, name, page) => {
    const job = await finished(await sample(name));
    await worker.dependencies.producer.add("image", { ...job, page });
    const { width, height, format } = await sharp(await untilStored(keysOf(job.document).image(page, 1))).metadata();
    const result = PageResult.parse(JSON.parse(String(await stored(keysOf(job.document).page(page)))));
    expect({ width, height, format }).toEqual({ width: result.width, height: result.height, format: "png" });
  });

  it("shows under each box the word that was read there", async () => {
    const job = await finished(await sample("recibo.jpg"));
    await createImage(worker.dependencies)({ ...job, page: 1 }, context());
    const image = await stored(keysOf(job.document).image(1, 1));
    const { blocks } = PageResult.parse(JSON.parse(String(await stored(keysOf(job.document).page(1)))));
    const lines = blocks
      .flatMap((block) => block.lines)
      .filter(({ words, confidence }) => words.length > 2 && confidence > 90);
    const line = lines.find(({ text }) => text.includes("Antioquia") || text.includes("Carrera")) ?? lines[0];
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = line?.bbox.map(Math.round) ?? [];
    const margin = 12;
    const area = { left: x0 - margin, top: y0 - margin, width: x1 - x0 + 2 * margin, height: y1 - y0 + 2 * margin };
    const again = await finished(await sharp(image).extract(area).png().toBuffer());
    expect(String(await stored(keysOf(again.document).result("text"))).trim()).toBe(line?.text);
  });
});
