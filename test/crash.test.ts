import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { PDFDocument } from "@cantoo/pdf-lib";
import { DeadLetterList } from "@lectura/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ABORTING, modelsWithAborting } from "./fixtures/aborting-model.ts";
import { type Client, createClient, sample, wordRecall } from "./fixtures/client.ts";
import { longDocument } from "./fixtures/long-document.ts";
import { endPlatform, startPlatform, type TestPlatform } from "./fixtures/platform.ts";

let platform: TestPlatform;
let client: Client;
let models: string;

beforeAll(async () => {
  models = await modelsWithAborting();
  platform = await startPlatform({ env: { LECTURA_TESSDATA: models } });
  client = createClient(platform);
});
afterAll(async () => {
  await endPlatform(platform);
  await rm(models, { recursive: true });
});

/** Three pages, the second one a scan; the others have their text with them. */
const scanInTheMiddle = async (): Promise<Uint8Array<ArrayBuffer>> => {
  const pdf = await PDFDocument.load(await longDocument(3));
  const scan = await pdf.embedJpg((await sample("recibo.jpg")).bytes);
  pdf.removePage(1);
  pdf.insertPage(1, [300, 900]).drawImage(scan, { width: 300, height: 900 });
  return new Uint8Array(await pdf.save());
};

/** Tells how often a document's job came back to the queue, by its worker's log. */
const retries = async (): Promise<(id: string) => number> => {
  const log = await readFile(join(platform.home, "log", "ocr-worker.log"), "utf8");
  const again = log.split("\n").filter((line) => line.includes("will be tried again"));
  return (id) => again.filter((line) => line.includes(id)).length;
};

test("a decoder that aborts over a page of one of twenty documents costs that page, and nobody else more than a retry", async () => {
  const before = await platform.processes();
  const [receipt, report] = await Promise.all([sample("recibo.jpg"), sample("informe.pdf")]);
  const others = Array.from({ length: 19 }, (_, index) => (index % 10 === 8 ? report : receipt));
  const submit = async (each: typeof others) => Promise.all(each.map(async ({ bytes }) => client.submit(bytes)));
  const early = await submit(others.slice(0, 10));
  const { id: struck } = await client.submit(await scanInTheMiddle(), { query: `?languages=${ABORTING}` });
  const accepted = [...early, ...(await submit(others.slice(10)))].map(({ id }) => id);
  // All of them are in flight with it.
  expect((await client.read(accepted.at(-1) ?? "")).status).not.toBe("succeeded");
  const ended = await Promise.all(accepted.map(async (id) => client.untilFinal(id)));

  expect(await client.untilFinal(struck)).toMatchObject({ status: "partial", pages: { done: 2, failed: 1 } });
  const { pages } = await client.result(struck);
  expect(pages.map(({ text, error }) => error?.code ?? text.split("\n")[0])).toEqual([
    "Esta es la hoja 1 del documento",
    "page-crashed",
    "Esta es la hoja 3 del documento",
  ]);
  // It was an abort: of the process, or of WebAssembly, which Node ends in its own way.
  expect(pages[1]?.error?.detail).toMatch(/SIGABRT|exit code/);
  const again = await retries();
  for (const [index, document] of ended.entries()) {
    expect(document).toMatchObject({ status: "succeeded", pages: { done: document.pages.total, failed: 0 } });
    expect(wordRecall(await client.text(document.id), others[index]?.truth ?? "")).toBeGreaterThan(0.9);
    expect(again(document.id)).toBeLessThanOrEqual(1);
  }
  const letters = DeadLetterList.parse(await (await client.call("/v1/dead-letters")).json());
  expect(letters.items).toMatchObject([{ document_id: struck, page: 2, code: "page-crashed", attempts: 3 }]);
  expect(again(struck)).toBe(2);
  expect(await platform.processes()).toEqual(before);
});
