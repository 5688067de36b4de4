import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type Client, createClient, sample, wordRecall } from "./fixtures/client.ts";
import { endPlatform, startPlatform, type TestPlatform } from "./fixtures/platform.ts";

const DOCUMENTS = 50;

let platform: TestPlatform;
let client: Client;

beforeAll(async () => {
  platform = await startPlatform({ env: { LECTURA_COURIER_ALLOW: "127.0.0.1" } });
  client = createClient(platform);
});
afterAll(async () => endPlatform(platform));

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
