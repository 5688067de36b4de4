import type { WorkerAnnouncement } from "@lectura/contracts";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newDocument, openDocuments, TENANT, type TestDocuments } from "./fixtures/documents.ts";
import { isTombstone } from "./record.ts";
import { ANNOUNCE_SECONDS } from "./workers.ts";

let at: TestDocuments;
const opened: TestDocuments[] = [];
beforeEach(() => {
  at = openDocuments(process.env["REDIS_URL"]);
  opened.push(at);
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  await Promise.all(opened.map(async ({ close }) => close()));
});

const worker = (name: string, slots = 2): WorkerAnnouncement => ({
  worker: name,
  engine: "tesseract",
  engine_version: "5.3.0",
  slots,
  models: [{ language: "spa", kind: "fast", sha256: "0a" }],
});
const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

describe("a worker", () => {
  test("is present as it announced itself, until it leaves", async () => {
    const { workers } = at;
    expect(await workers.present()).toEqual([]);
    await workers.announce(worker("a"));
    await workers.announce(worker("b"));
    expect((await workers.present()).toSorted((a, b) => a.worker.localeCompare(b.worker))).toEqual([
      worker("a"),
      worker("b"),
    ]);
    await workers.leave("a");
    expect(await workers.present()).toEqual([worker("b")]);
    expect(await workers.lastKnown()).toEqual([worker("b")]);
  });

  test("that falls silent is away after three missed announcements, but what it could is still known", async () => {
    const { workers } = at;
    await workers.announce(worker("a"));
    pass(3 * ANNOUNCE_SECONDS);
    expect(await workers.present()).toEqual([worker("a")]);
    pass(1);
    expect(await workers.present()).toEqual([]);
    expect(await workers.lastKnown()).toEqual([worker("a")]);
  });

  test("that has been silent for a day is forgotten when another one announces itself", async () => {
    const { workers } = at;
    await workers.announce(worker("killed"));
    pass(86_400);
    await workers.announce(worker("b"));
    expect(await workers.lastKnown()).toHaveLength(2);
    pass(1);
    await workers.announce(worker("b"));
    expect(await workers.lastKnown()).toEqual([worker("b")]);
  });

  test("stays present as long as it repeats itself, and the last word counts", async () => {
    const { workers } = at;
    await workers.announce(worker("a", 2));
    pass(20);
    await workers.announce(worker("a", 4));
    pass(20);
    expect(await workers.present()).toEqual([worker("a", 4)]);
  });
});

const estimate = async (id: string) => {
  const record = await at.documents.read(id);
  if (!record || isTombstone(record)) throw new Error(`${id} has no record`);
  return at.workers.estimate(record);
};
/** As if pages had been read so of late (ms). */
const pages = async (
  { take, add }: { take: number; add: number },
  kind: "alone" | "among" = "alone",
): Promise<void> => {
  await at.redis.hset(at.keys.pageTimes, `${kind}_takes`, take, `${kind}_adds`, add);
};
const IMAGE = { filename: "a.png", media_type: "image/png", bytes: 1, sha256: "0b".repeat(32) } as const;
/** Each comes a millisecond after the one before: those of the same millisecond are in no order. */
const queued = async (count: number, input = newDocument().input): Promise<string[]> => {
  const ids: string[] = [];
  while (ids.length < count) {
    const document = newDocument({ input });
    await at.documents.create(document);
    ids.push(document.id);
    pass(0.001);
  }
  return ids;
};

describe("the estimate", () => {
  test("counts those that came before, from 1; 0 is in work", async () => {
    const ids = await queued(3);
    const positions = async () => (await Promise.all(ids.map(estimate))).map(({ position }) => position);
    expect(await positions()).toEqual([1, 2, 3]);
    await at.documents.start({ document: ids[0] ?? "", attempt: 1 });
    expect(await positions()).toEqual([0, 1, 2]);
  });

  test("has no time while nobody works, or nobody has worked yet", async () => {
    const [id = ""] = await queued(1);
    await at.workers.announce(worker("a"));
    expect(await estimate(id)).toEqual({ position: 1, eta_seconds: null });
    await pages({ take: 2000, add: 2000 });
    expect((await estimate(id)).eta_seconds).toBe(2);
    pass(60);
    expect((await estimate(id)).eta_seconds).toBeNull();
  });

  test("counts those ahead at the pace of all workers, and for itself what a page takes", async () => {
    const ids = await queued(5);
    await at.workers.announce(worker("a"));
    const seconds = async () => (await Promise.all(ids.map(estimate))).map(({ eta_seconds }) => eta_seconds);
    await pages({ take: 2000, add: 2000 });
    expect(await seconds()).toEqual([2, 4, 6, 8, 10]);
    await pages({ take: 2000, add: 1000 });
    expect(await seconds()).toEqual([2, 3, 4, 5, 6]);
  });

  test("of a document in work counts the pages it still has", async () => {
    const { documents, workers } = at;
    const { id, job } = await at.planned({ selected: 10, window: 4 });
    await workers.announce(worker("a", 2));
    await documents.settlePage(job, { number: 1, failure: null, milliseconds: 1 });
    await pages({ take: 1500, add: 750 }, "among");
    expect(await estimate(id)).toEqual({ position: 0, eta_seconds: 7 });
  });

  test("counts what others in work take meanwhile: as many turns as the document itself needs, at most", async () => {
    const { workers } = at;
    const long = await at.planned({ selected: 300, window: 4 });
    const short = await at.planned({ selected: 3, window: 4, now: Date.now() + 1 });
    await workers.announce(worker("a", 1));
    await pages({ take: 1000, add: 1000 });
    expect((await estimate(short.id)).eta_seconds).toBe(6);
    expect((await estimate(long.id)).eta_seconds).toBe(303);
    await at.documents.cancel(TENANT, short.id);
    expect((await estimate(long.id)).eta_seconds).toBe(300);
  });

  test("of a queued document takes it for as long as those of its type are", async () => {
    const { documents, workers } = at;
    await workers.announce(worker("a"));
    await pages({ take: 1000, add: 1000 });
    await pages({ take: 500, add: 500 }, "among");
    for (const selected of [3, 5]) {
      const { job } = await at.planned({ selected, window: 9 });
      await documents.finish(job, { status: "succeeded", finished_at: 1 });
    }
    const [pdf = ""] = await queued(1);
    expect((await estimate(pdf)).eta_seconds).toBe(2);
    const [image = ""] = await queued(1, IMAGE);
    expect((await estimate(image)).eta_seconds).toBe(2);
    expect((await estimate(pdf)).eta_seconds).toBe(3);
  });

  test("of one page does not count the pages of longer documents, which come after it; theirs counts what waits", async () => {
    const { workers } = at;
    const long = await at.planned({ selected: 3, window: 4 });
    const [first = "", second = ""] = await queued(2, IMAGE);
    await workers.announce(worker("a", 1));
    await pages({ take: 1000, add: 1000 });
    await pages({ take: 200, add: 100 }, "among");
    expect((await estimate(first)).eta_seconds).toBe(1);
    expect((await estimate(second)).eta_seconds).toBe(2);
    expect((await estimate(long.id)).eta_seconds).toBe(3);
  });
});
