import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, createClient, sample, wordRecall } from "./fixtures/client.ts";
import { endPlatform, root, startPlatform, type TestPlatform } from "./fixtures/platform.ts";

let platform: TestPlatform;
let client: Client;

beforeAll(async () => {
  platform = await startPlatform();
  client = createClient(platform);
});
afterAll(async () => endPlatform(platform));

test("a scanned letter goes in and its text, boxes and hOCR come out", async () => {
  const letter = await sample("carta.png");
  const document = await client.submit(letter.bytes, { headers: { prefer: "wait=60" } });
  expect(document).toMatchObject({ status: "succeeded", pages: { total: 1, done: 1, failed: 0 } });
  expect(wordRecall(await client.text(document.id), letter.truth)).toBeGreaterThan(0.95);

  const { pages, provenance } = await client.result(document.id);
  const [page] = pages;
  expect(page).toMatchObject({ number: 1, source: "ocr", error: null });
  const found = page?.blocks.flatMap(({ lines }) => lines).flatMap((line) => line.words) ?? [];
  expect(found.length).toBeGreaterThan(100);
  for (const { bbox, confidence } of found) {
    expect(bbox[0]).toBeGreaterThanOrEqual(0);
    expect(bbox[2]).toBeLessThanOrEqual(page?.width ?? 0);
    expect(bbox[3]).toBeGreaterThan(bbox[1]);
    expect(confidence).toBeLessThanOrEqual(100);
  }
  expect(provenance.input_sha256).toBe(document.input.sha256);

  const hocr = await client.call(`/v1/documents/${document.id}/result`, { headers: { accept: "text/html" } });
  expect(hocr.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await hocr.text()).toContain('class="ocrx_word"');
});

test("a report is put together in order, its own text read and only the scan recognised", async () => {
  const report = await sample("informe.pdf");
  const { id } = await client.submit(report.bytes, {
    headers: { "content-disposition": 'attachment; filename="informe.pdf"' },
  });
  const document = await client.untilFinal(id);
  expect(document).toMatchObject({
    status: "succeeded",
    pages: { total: 3, done: 3 },
    input: { filename: "informe.pdf" },
  });
  const { pages } = await client.result(id);
  expect(pages.map(({ number, source }) => [number, source])).toEqual([
    [1, "text-layer"],
    [2, "text-layer"],
    [3, "ocr"],
  ]);
  const text = (await client.text(id)).split("\f");
  const truth = report.truth.split("\f");
  expect(text).toHaveLength(3);
  for (const [index, page] of truth.entries()) expect(wordRecall(text[index] ?? "", page)).toBeGreaterThan(0.93);
  const second = await client.call(`/v1/documents/${id}/pages/2`);
  expect(await second.json()).toMatchObject({ number: 2, source: "text-layer", confidence: 100 });
});

test("a deleted document leaves no byte behind and answers 410", async () => {
  const receipt = await sample("recibo.jpg");
  const { id } = await client.submit(receipt.bytes, { headers: { prefer: "wait=60" } });
  const stored = async (): Promise<string[]> =>
    (await readdir(join(platform.home, "data"), { recursive: true })).filter((path) => path.includes(id));
  expect(await stored()).not.toEqual([]);
  expect((await client.call(`/v1/documents/${id}`, { method: "DELETE" })).status).toBe(204);
  expect(await stored()).toEqual([]);
  expect((await client.call(`/v1/documents/${id}`, { method: "DELETE" })).status).toBe(404);
  const gone = await client.call(`/v1/documents/${id}/result`);
  expect([gone.status, await gone.json()]).toEqual([410, expect.objectContaining({ code: "document-deleted" })]);
});

test("another tenant finds nothing of it, whatever it asks", async () => {
  const { id } = await client.submit((await sample("recibo.jpg")).bytes, { headers: { prefer: "wait=60" } });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["packages/local/bin/lectura.mjs", "tenants", "add", "dos"],
    { cwd: root, env: platform.env },
  );
  const other = createClient({ url: platform.url, apiKey: /LECTURA_API_KEY=(\S+)/.exec(stdout)?.[1] ?? "" });
  expect(await (await other.call("/v1/documents")).json()).toEqual({ items: [], next_cursor: null });
  for (const path of ["", "/result", "/pages/1"]) {
    expect((await other.call(`/v1/documents/${id}${path}`)).status).toBe(404);
  }
  expect((await other.call(`/v1/documents/${id}`, { method: "DELETE" })).status).toBe(404);
  expect((await client.call(`/v1/documents/${id}`)).status).toBe(200);
});

test("what cannot be read says why, in the request or in the document", async () => {
  await expect(client.submit(new TextEncoder().encode("hola"))).rejects.toThrow("415 unsupported-media-type");
  const { bytes } = await sample("carta.png");
  const cut = await client.submit(bytes.slice(0, bytes.length / 2), { headers: { prefer: "wait=60" } });
  expect(cut).toMatchObject({ status: "failed", error: { code: "undecodable-file" } });
  const result = await client.call(`/v1/documents/${cut.id}/result`);
  expect([result.status, await result.json()]).toEqual([409, expect.objectContaining({ code: "no-result" })]);
});
