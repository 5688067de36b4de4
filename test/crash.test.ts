import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { PDFDocument } from "@cantoo/pdf-lib";
import { DeadLetterList } from "@lectura/contracts";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { ABORTING, modelsWithAborting } from "./fixtures/aborting-model.ts";
import { type Client, createClient, sample, wordRecall } from "./fixtures/client.ts";
import { longDocument } from "./fixtures/long-document.ts";
import { endPlatform, startPlatform, type TestPlatform } from "./fixtures/platform.ts";

const DOCUMENTS = 50;

let platform: TestPlatform;
let client: Client;
let models: string;

beforeAll(async () => {
  models = await modelsWithAborting();
  platform = await startPlatform({ env: { LECTURA_COURIER_ALLOW: "127.0.0.1", LECTURA_TESSDATA: models } });
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

/** Ids of the events that were told, by document; every third telling is refused at first. */
const startReceiver = async () => {
  const told = new Map<string, Set<string>>();
  let tellings = 0;
  const server = createServer((request, response) => {
    request.toArray().then(
      (chunks) => {
        const { id, subject } = JSON.parse(Buffer.concat(chunks).toString());
        tellings += 1;
        if (tellings % 3 !== 0) told.set(subject, (told.get(subject) ?? new Set()).add(id));
        return response.writeHead(tellings % 3 === 0 ? 503 : 204).end();
      },
      () => response.destroy(),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("a listening TCP server has an address");
  return { url: `http://127.0.0.1:${address.port}/`, told, server };
};

/** Tries until an answer is final, as a client does whose service is being killed all the time. */
const persist = async <T>(work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const passing = error instanceof TypeError || (error instanceof Error && /^(5\d\d|408) /.test(error.message));
      if (!passing) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
};

/** False when the process has just ended by itself, as auth does when it starts without Redis. */
const killNow = (pid: number): boolean => {
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
};

/** A small generator with a seed (mulberry32), so that a failing run can be repeated. */
const createRandom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};

// Printed in the test's name, so that a failing run can be repeated with LECTURA_TEST_SEED.
const seed = Number(process.env["LECTURA_TEST_SEED"] ?? 20261122);

test(`every service is killed again and again while 50 documents are in flight: each ends once, with its text, and its webhook is told (seed ${seed})`, async () => {
  const random = createRandom(seed);
  const receiver = await startReceiver();
  onTestFinished(() => {
    receiver.server.closeAllConnections();
    receiver.server.close();
  });
  const kinds = await Promise.all(["recibo.jpg", "carta.png", "informe.pdf"].map(sample));
  const accepted = new Map<string, string>();
  const killed: string[] = [];
  const over = new AbortController();

  const kill = async (): Promise<void> => {
    const names = ["gateway", "auth", "ocr-api", "ocr-worker", "courier", "redis"];
    for (let round = 0; !over.signal.aborted && round < 40; round += 1) {
      const victim = (await platform.processes()).find(({ name }) => name === names[round % names.length]);
      if (victim && killNow(victim.pid)) killed.push(victim.name);
      await new Promise((resolve) => setTimeout(resolve, 1000 + 3000 * random()));
    }
  };
  const load = async (): Promise<void> => {
    for (let index = 0; index < DOCUMENTS; index += 1) {
      // Two thirds are receipts: the test is about crashes, not about patience.
      const kind = kinds[index % 6 < 4 ? 0 : (index % 6) - 3];
      if (!kind) throw new Error("no sample");
      const { id } = await persist(async () =>
        client.submit(kind.bytes, { query: `?reference=${index}&callback_url=${encodeURIComponent(receiver.url)}` }),
      );
      accepted.set(id, kind.truth);
    }
  };

  const killing = kill();
  await load();
  const documents = await Promise.all(
    [...accepted.keys()].map(async (id) => persist(async () => client.untilFinal(id))),
  );
  over.abort();
  await killing;
  // What a killed courier held is due again when its lease is over.
  await vi.waitUntil(() => receiver.told.size >= DOCUMENTS, { timeout: 120_000, interval: 200 });

  expect(new Set(killed)).toEqual(new Set(["gateway", "auth", "ocr-api", "ocr-worker", "courier", "redis"]));
  expect(accepted.size).toBe(DOCUMENTS);
  for (const document of documents) {
    expect(document).toMatchObject({ status: "succeeded", pages: { done: document.pages.total, failed: 0 } });
    const text = await persist(async () => client.text(document.id));
    expect(wordRecall(text, accepted.get(document.id) ?? "")).toBeGreaterThan(0.9);
    expect(receiver.told.get(document.id)?.size).toBe(1);
  }
});
