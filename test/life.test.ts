import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PDFDocument, StandardFonts } from "@cantoo/pdf-lib";
import { Document } from "@lectura/contracts";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { type Client, createClient, sample } from "./fixtures/client.ts";
import { cpuSeconds, enginesOf } from "./fixtures/engines.ts";
import { longDocument } from "./fixtures/long-document.ts";
import { endPlatform, startPlatform, type TestPlatform } from "./fixtures/platform.ts";
import { redisContent } from "./fixtures/redis-content.ts";

const MANY_PAGES = 500;
/** A word that occurs nowhere else. */
const MARK = "zarzamora";

let platform: TestPlatform;
let redis: Redis;
let client: Client;
beforeAll(async () => {
  platform = await startPlatform({ env: { LOG_LEVEL: "debug" } });
  redis = new Redis((await platform.processes()).find(({ name }) => name === "redis")?.port ?? 0, "127.0.0.1");
  client = createClient(platform);
});
afterAll(async () => {
  redis.disconnect();
  await endPlatform(platform);
});

const pidOf = async (name: string): Promise<number> =>
  (await platform.processes()).find((each) => each.name === name)?.pid ?? 0;

test("an ocr-api that is killed while it receives a call with an Idempotency-Key leaves the key for the next try: one document", async () => {
  const { bytes } = await sample("carta.png");
  const headers = { "idempotency-key": "once", "x-api-key": platform.apiKey };
  const body = ReadableStream.from(
    (async function* () {
      yield bytes.subarray(0, bytes.length / 2);
      await pause(60_000);
    })(),
  );
  const first = fetch(`${platform.url}/v1/documents`, { method: "POST", headers, body, duplex: "half" }).then(
    ({ status }) => status,
    () => 0,
  );
  await vi.waitFor(async () => expect(await redis.keys("lectura:idempotency:*")).toHaveLength(1), { timeout: 20_000 });
  const again = async (): Promise<Response> => client.call("/v1/documents", { method: "POST", headers, body: bytes });
  expect((await again()).status).toBe(409);
  process.kill(await pidOf("ocr-api"), "SIGKILL");
  expect(await first).not.toBe(202);

  const made: string[] = [];
  for (let call = 0; call < 3; call += 1)
    await vi.waitFor(
      async () => {
        const answer = await again();
        expect(answer.status).toBe(202);
        made.push(Document.parse(await answer.json()).id);
      },
      { timeout: 60_000, interval: 500 },
    );
  expect(new Set(made).size).toBe(1);
  expect(await client.untilFinal(made[0] ?? "")).toMatchObject({ status: "succeeded" });
  const list = z.object({ items: z.array(Document) }).parse(await (await client.call("/v1/documents")).json());
  expect(list.items).toHaveLength(1);
});

test("a document of 500 pages that is cancelled in the middle gives the processor back within two seconds", async () => {
  const { id } = await client.submit(await longDocument(MANY_PAGES), { query: "?text_layer=ignore&languages=spa" });
  await vi.waitFor(async () => expect((await client.read(id)).pages.done).toBeGreaterThan(1), { timeout: 120_000 });
  const worker = await pidOf("ocr-worker");
  const before = await enginesOf([worker]);
  const busy = await cpuSeconds(before);
  await vi.waitFor(async () => expect(await cpuSeconds(before)).toBeGreaterThan(busy), { timeout: 20_000 });

  expect((await client.call(`/v1/documents/${id}/cancel`, { method: "POST" })).status).toBe(202);
  await pause(2000);
  // Whatever has been started since is warm for the next document, but reads none.
  const after = await enginesOf([worker]);
  const used = await cpuSeconds(after);
  await pause(2000);
  const stillThere = await enginesOf([worker]);
  expect(after.filter((pid) => before.includes(pid) && !stillThere.includes(pid))).toEqual([]);
  expect((await cpuSeconds(after)) - used).toBeLessThan(0.5);
  const { pages, status } = await client.read(id);
  expect(status).toBe("cancelled");
  expect(pages.done).toBeLessThan(MANY_PAGES);
});

const markedDocument = async (): Promise<Uint8Array<ArrayBuffer>> => {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (const line of [1, 2])
    pdf.addPage([595, 842]).drawText(`${MARK} numero ${line}`, { x: 60, y: 700, size: 30, font });
  return new Uint8Array(await pdf.save());
};

const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

/** The places in which something of the mark is found. */
const marked = async (): Promise<string[]> => {
  const places: [string, string][] = [["redis", await redisContent(redis)]];
  for (const folder of ["data", "work", "log"])
    for (const path of await filesBelow(join(platform.home, folder)))
      places.push([path, `${path} ${await readFile(path, "latin1")}`]);
  return places.filter(([, content]) => content.toLowerCase().includes(MARK)).map(([place]) => place);
};

test("of a document that is deleted nothing is left: not in Redis, not in storage, not with the worker, not in a log", async () => {
  const { id } = await client.submit(await markedDocument(), {
    query: `?text_layer=ignore&reference=${MARK}-7&outputs=hocr`,
    headers: { "content-disposition": `attachment; filename="${MARK}.pdf"` },
  });
  await client.untilFinal(id);
  expect(await client.text(id)).toContain(MARK);
  for (const path of ["result?format=markdown", "result?format=pdf", "pages/1/image"])
    await vi.waitFor(async () => expect((await client.call(`/v1/documents/${id}/${path}`)).status).toBe(200), {
      timeout: 60_000,
    });
  await client.call(`/v1/documents?reference=${MARK}-7`);
  // The scan sees what is there to be seen.
  expect((await marked()).length).toBeGreaterThan(2);

  expect((await client.call(`/v1/documents/${id}`, { method: "DELETE" })).status).toBe(204);
  await vi.waitFor(async () => expect(await marked()).toEqual([]), { timeout: 20_000 });
});
