import type { Failure } from "@lectura/contracts";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newDocument, openDocuments, TENANT, type TestDocuments } from "./fixtures/documents.ts";
import type { DocumentRecord } from "./record.ts";
import { isTombstone } from "./record.ts";
import { createDocumentStore } from "./store.ts";

let at: TestDocuments;
const opened: TestDocuments[] = [];
beforeEach(() => {
  at = openDocuments(process.env["REDIS_URL"]);
  opened.push(at);
});
afterAll(async () => {
  await Promise.all(opened.map(async ({ close }) => close()));
});

const created = async () => {
  const document = newDocument();
  await at.documents.create(document);
  return { id: document.id, job: { document: document.id, attempt: 1 } };
};
const recordOf = async (id: string): Promise<DocumentRecord> => {
  const record = await at.documents.read(id);
  if (!record || isTombstone(record)) throw new Error(`${id} has no record`);
  return record;
};
const elsewhere = (job: { document: string }) => ({ ...job, attempt: 2 });
const failure: Failure = { code: "page-timeout", title: "t", detail: "d", retryable: false };
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("starting", () => {
  test("takes a queued document into work, out of the queue, and notes the time", async () => {
    const { documents, workers } = at;
    const { id, job } = await created();
    const before = Date.now();
    expect(await documents.start(job)).toBe(true);
    const record = await recordOf(id);
    expect(record.status).toBe("processing");
    expect(record.started_at).toBeGreaterThanOrEqual(before);
    expect((await workers.estimate(record)).position).toBe(0);
    expect(await documents.idle(before - 1, 9)).toEqual([]);
  });

  test("again changes nothing, but shows that somebody works on it", async () => {
    const { documents, redis, keys } = at;
    const { id, job } = await created();
    await documents.start(job);
    const record = await recordOf(id);
    await redis.zadd(keys.open, 1, id);
    expect(await documents.start(job)).toBe(true);
    expect(await recordOf(id)).toEqual(record);
    expect(await documents.idle(1, 9)).toEqual([]);
  });

  test("is refused for another attempt, a final document and one that never was", async () => {
    const { documents } = at;
    const { id, job } = await created();
    expect(await documents.start(elsewhere(job))).toBe(false);
    expect((await recordOf(id)).status).toBe("queued");
    await documents.finish(job, { status: "failed", finished_at: 1 });
    const contents = await at.contents();
    expect(await documents.start(job)).toBe(false);
    expect(await documents.start({ document: newDocument().id, attempt: 1 })).toBe(false);
    expect(await at.contents()).toEqual(contents);
    expect((await recordOf(id)).status).toBe("failed");
  });
});

describe("the plan of pages", () => {
  test.each([
    [12, 4, 4],
    [3, 4, 3],
    [4, 4, 4],
  ])("for %i pages and a window of %i issues %i", async (selected, window, issued) => {
    const { documents } = at;
    const { id, job } = await created();
    await documents.start(job);
    expect(await documents.plan(job, { sourcePages: 20, selected, window })).toBe(issued);
    expect(await recordOf(id)).toMatchObject({ source_pages: 20, total: selected, issued, done: 0, failed: 0 });
  });

  test("that was made first stays, whatever a later inspection finds and however far the work has come", async () => {
    const { documents } = at;
    const { id, job } = await created();
    await documents.start(job);
    const first = { sourcePages: 20, selected: 10, window: 4 };
    const plans = [first, { sourcePages: 9, selected: 9, window: 9 }, { sourcePages: 1, selected: 1, window: 1 }];
    expect(await Promise.all(plans.map(async (plan) => documents.plan(job, plan)))).toEqual([4, 4, 4]);
    await documents.settlePage(job, { number: 1, failure: null, milliseconds: 1 });
    expect(await documents.plan(job, first)).toBe(5);
    expect(await recordOf(id)).toMatchObject({ source_pages: 20, total: 10, issued: 5, done: 1 });
  });

  test("is not made for a document that is not in work", async () => {
    const { documents } = at;
    const { id, job } = await created();
    const plan = { sourcePages: 1, selected: 1, window: 1 };
    expect(await documents.plan(job, plan)).toBeUndefined();
    await documents.start(job);
    expect(await documents.plan(elsewhere(job), plan)).toBeUndefined();
    await documents.finish(job, { status: "failed", finished_at: 1 });
    expect(await documents.plan(job, plan)).toBeUndefined();
    expect((await recordOf(id)).total).toBeNull();
  });
});

/** Pages that end so long after the first one (ms) and took so long each; what a page takes and adds in the mean. */
const timesOf = async (pages: { at: number; took: number }[]) => {
  const { job } = await at.planned({ selected: pages.length, window: pages.length });
  const began = Date.now();
  for (const [index, page] of pages.entries()) {
    vi.setSystemTime(began + page.at);
    await at.documents.settlePage(job, { number: index + 1, failure: null, milliseconds: page.took });
  }
  const kind = pages.length === 1 ? "alone" : "among";
  const [takes, adds] = await at.redis.hmget(at.keys.pageTimes, `${kind}_takes`, `${kind}_adds`);
  return { takes: Number(takes), adds: Number(adds) };
};
const many = Array.from({ length: 60 }, (_, index) => index);

describe("settling pages", () => {
  test("counts each once, however many workers say it at once, and moves the window by one for each", async () => {
    const { id, job } = await at.planned({ selected: 10, window: 4 });
    const stores = range(5).map(() => createDocumentStore({ redis: at.connect(), prefix: at.prefix }));
    const answers = await Promise.all(
      stores.flatMap((store) =>
        range(10).map(async (number) =>
          store.settlePage(job, { number, failure: number > 8 ? failure : null, milliseconds: 10 }),
        ),
      ),
    );
    expect(answers).toHaveLength(50);
    const issued = answers.flatMap((answer) => answer?.nextIndex ?? []);
    expect(issued.toSorted((a, b) => a - b)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(await recordOf(id)).toMatchObject({ total: 10, issued: 10, done: 8, failed: 2 });
    expect(answers.some((answer) => answer?.complete)).toBe(true);
    expect(await at.documents.settledPages(id)).toEqual(new Set(range(10)));
  });

  test("is complete with the last page, and stays so when that is run again", async () => {
    const { documents } = at;
    const { job } = await at.planned({ selected: 3, window: 1 });
    const settle = async (number: number) => documents.settlePage(job, { number, failure: null, milliseconds: 1 });
    expect(await settle(2)).toEqual({ complete: false, nextIndex: 1 });
    expect(await settle(1)).toEqual({ complete: false, nextIndex: 2 });
    expect(await settle(1)).toEqual({ complete: false, nextIndex: undefined });
    expect(await settle(3)).toEqual({ complete: true, nextIndex: undefined });
    expect(await settle(3)).toEqual({ complete: true, nextIndex: undefined });
  });

  test("keeps what a page was settled as first", async () => {
    const { documents } = at;
    const { id, job } = await at.planned({ selected: 4, window: 4 });
    await documents.settlePage(job, { number: 1, failure, milliseconds: 1 });
    await documents.settlePage(job, { number: 1, failure: null, milliseconds: 1 });
    await documents.settlePage(job, { number: 2, failure: null, milliseconds: 1 });
    await documents.settlePage(job, { number: 2, failure, milliseconds: 1 });
    expect(await recordOf(id)).toMatchObject({ done: 1, failed: 1 });
    expect(await Promise.all([1, 2, 3].map(async (page) => documents.isSettled(id, page)))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("does not count for another attempt, a document without a plan, or one that is final", async () => {
    const { documents } = at;
    const page = { number: 1, failure: null, milliseconds: 1 };
    const unplanned = await created();
    await documents.start(unplanned.job);
    expect(await documents.settlePage(unplanned.job, page)).toBeUndefined();
    const { id, job } = await at.planned({ selected: 2, window: 2 });
    expect(await documents.settlePage(elsewhere(job), page)).toBeUndefined();
    await documents.finish(job, { status: "failed", finished_at: 1 });
    expect(await documents.settlePage(job, page)).toBeUndefined();
    expect(await recordOf(id)).toMatchObject({ done: 0, failed: 0, issued: 2 });
    expect(await documents.settledPages(id)).toEqual(new Set());
  });

  test("shows that somebody works on the document", async () => {
    const { documents, redis, keys } = at;
    const { id, job } = await at.planned({ selected: 9, window: 9 });
    await redis.zadd(keys.open, 1, id);
    await documents.settlePage(job, { number: 1, failure: null, milliseconds: 1000 });
    expect(await documents.idle(1, 9)).toEqual([]);
  });

  describe("shows how fast pages go lately:", () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["Date"] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    test("the first page is all that is known", async () => {
      expect(await timesOf([{ at: 0, took: 1000.4 }])).toEqual({ takes: 1000, adds: 1000 });
    });

    test("one after the other, with pauses between", async () => {
      const times = await timesOf(many.map((each) => ({ at: each * 5000, took: 1000 })));
      expect(times).toEqual({ takes: 1000, adds: 1000 });
    });

    test("four at a time, of which each adds a quarter", async () => {
      const { takes, adds } = await timesOf(many.map((each) => ({ at: each * 250, took: 1000 })));
      expect(takes).toBeCloseTo(1000);
      // The first one has a quarter of its time for itself, and all before it.
      expect(adds).toBeGreaterThan(250);
      expect(adds).toBeLessThan(270);
    });

    test("quick ones beside a slow one, which takes all the time that they do not", async () => {
      const slowAndFour = many.map((each) =>
        each % 5 === 4 ? { at: each * 100 + 100, took: 500 } : { at: each * 100 + 100, took: 10 },
      );
      // All is read all the time, and a page ends every 100 ms.
      expect((await timesOf(slowAndFour)).adds).toBeCloseTo(100, -1);
    });

    test("a page that is counted again changes nothing", async () => {
      const { documents, redis, keys } = at;
      const { job } = await at.planned({ selected: 9, window: 9 });
      await documents.settlePage(job, { number: 2, failure: null, milliseconds: 1000 });
      const before = await redis.hgetall(keys.pageTimes);
      await documents.settlePage(job, { number: 2, failure: null, milliseconds: 9000 });
      expect(await redis.hgetall(keys.pageTimes)).toEqual(before);
    });
  });
});

describe("finishing", () => {
  test("gives the final status and takes the document off the open ones, but not out of expiry", async () => {
    const { documents } = at;
    const { id, job } = await at.planned({ selected: 1, window: 1 });
    expect(await documents.finish(job, { status: "succeeded", finished_at: 77, confidence: 91.25 })).toBe(true);
    const record = await recordOf(id);
    expect(record).toMatchObject({ status: "succeeded", finished_at: 77, confidence: 91.25, error: null });
    expect(await documents.idle(Date.now() + 1, 9)).toEqual([]);
    expect(await documents.expired(record.expires_at, 9)).toEqual([id]);
  });

  test("is possible before the work began, when there is nothing to work on", async () => {
    const { documents, redis, keys } = at;
    const { id, job } = await created();
    expect(await documents.finish(job, { status: "failed", finished_at: 1, error: failure })).toBe(true);
    expect(await recordOf(id)).toMatchObject({ status: "failed", error: failure, confidence: null });
    expect(await redis.zcard(keys.waiting)).toBe(0);
  });

  test("happens once: the first status stays", async () => {
    const { documents } = at;
    const { id, job } = await at.planned({ selected: 1, window: 1 });
    const statuses = ["partial", "succeeded", "failed"] as const;
    const finished = await Promise.all(
      range(12).map(async (number) =>
        documents.finish(job, { status: statuses[number % 3] ?? "failed", finished_at: number }),
      ),
    );
    expect(finished.filter(Boolean)).toHaveLength(1);
    const winner = finished.indexOf(true) + 1;
    expect(await recordOf(id)).toMatchObject({ status: statuses[winner % 3], finished_at: winner });
  });

  test.each(["finished", "cancelled"] as const)(
    "as %s keeps the events, and no memory for more of them",
    async (as) => {
      const { documents, redis, keys } = at;
      const { id, job } = await at.planned({ selected: 1, window: 1 });
      await documents.settlePage(job, { number: 1, failure: null, milliseconds: 1 });
      const before = await documents.eventsAfter(id, 0);
      if (as === "cancelled") await documents.cancel(TENANT, id);
      else await documents.finish(job, { status: "succeeded", finished_at: 1 });
      const events = await documents.eventsAfter(id, 0);
      expect(events.slice(0, -1)).toEqual(before);
      expect(events).toHaveLength(before.length + 1);
      expect(await redis.memory("USAGE", keys.events(id))).toBeLessThan(1500);
    },
  );

  test("is refused for another attempt and for a document that never was", async () => {
    const { documents } = at;
    const { id, job } = await created();
    const outcome = { status: "succeeded", finished_at: 1 } as const;
    expect(await documents.finish(elsewhere(job), outcome)).toBe(false);
    expect(await documents.finish({ document: newDocument().id, attempt: 1 }, outcome)).toBe(false);
    expect((await recordOf(id)).status).toBe("queued");
    expect((await at.contents()).filter((name) => name.startsWith("document:"))).toEqual([`document:${id}`]);
  });
});

const told = async (id: string) =>
  (await at.documents.eventsAfter(id, 0)).map(({ event }) => [event.type, event.page, event.pages, event.status]);
const twice = async (step: () => Promise<unknown>) => Promise.all([step(), step()]);

describe("every step", () => {
  test("is told once, in the order in which it counted, however often it is repeated", async () => {
    const { documents } = at;
    const { id, job } = await created();
    await twice(async () => documents.start(job));
    await twice(async () => documents.plan(job, { sourcePages: 3, selected: 2, window: 2 }));
    await twice(async () => documents.settlePage(job, { number: 3, failure, milliseconds: 1 }));
    await twice(async () => documents.settlePage(job, { number: 1, failure: null, milliseconds: 1 }));
    await twice(async () => documents.finish(job, { status: "partial", finished_at: 1 }));
    await documents.cancel(TENANT, id);
    await documents.settlePage(job, { number: 2, failure: null, milliseconds: 1 });
    expect(await told(id)).toEqual([
      ["document.processing", null, { total: null, done: 0, failed: 0 }, "processing"],
      ["document.progress", null, { total: 2, done: 0, failed: 0 }, "processing"],
      ["page.failed", 3, { total: 2, done: 0, failed: 1 }, "processing"],
      ["page.succeeded", 1, { total: 2, done: 1, failed: 1 }, "processing"],
      ["document.partial", null, { total: 2, done: 1, failed: 1 }, "partial"],
    ]);
    expect(await documents.lastEvent(id)).toBe(5);
    expect((await documents.eventsAfter(id, 3)).map((each) => each.id)).toEqual([4, 5]);
  });
});

describe("deaths of workers", () => {
  test("count for a page that was alone in hand, once each, and not while its worker reads on", async () => {
    const { documents, redis, keys } = at;
    const { id, job } = await at.planned({ selected: 3, window: 3 });
    expect(await documents.takeInHand(job, 1, "a")).toBe(0);
    expect(await documents.takeInHand(job, 1, "b")).toBe(1);
    await documents.putDown(job, 1, "b");
    expect(await documents.takeInHand(job, 1, "c")).toBe(1);
    expect(await documents.takeInHand(job, 2, "c")).toBe(0);
    expect(await documents.takeInHand(job, 1, "d")).toBe(1);
    expect(await documents.takeInHand(job, 2, "d")).toBe(0);
    // Late, of a worker that was taken for dead.
    await documents.putDown(job, 1, "c");
    expect(await redis.hget(keys.record(id), "holder:1")).toBe("d");
  });

  test("are not counted when the document is no longer in work", async () => {
    const { documents, redis, keys } = at;
    const { id, job } = await at.planned({ selected: 3, window: 3 });
    await documents.takeInHand(job, 1, "a");
    await documents.finish(job, { status: "failed", finished_at: 1 });
    const hash = await redis.hgetall(keys.record(id));
    expect(await documents.takeInHand(job, 1, "b")).toBe(0);
    expect(await redis.hgetall(keys.record(id))).toEqual(hash);
  });
});

describe("strikes", () => {
  test("are counted for each page by itself", async () => {
    const { documents } = at;
    const { id, job } = await at.planned({ selected: 3, window: 3 });
    const counts = await Promise.all([1, 1, 2, 1].map(async (page) => documents.strike(job, page)));
    expect(counts).toEqual([1, 2, 1, 3]);
    expect((await recordOf(id)).status).toBe("processing");
  });

  test("are not counted when the document is no longer in work", async () => {
    const { documents, redis, keys } = at;
    const { id, job } = await at.planned({ selected: 3, window: 3 });
    expect(await documents.strike(elsewhere(job), 1)).toBe(0);
    await documents.finish(job, { status: "failed", finished_at: 1 });
    const hash = await redis.hgetall(keys.record(id));
    expect(await documents.strike(job, 1)).toBe(0);
    expect(await redis.hgetall(keys.record(id))).toEqual(hash);
    expect(await documents.strike({ document: newDocument().id, attempt: 1 }, 1)).toBe(0);
    expect((await at.contents()).filter((name) => name.startsWith("document:"))).toEqual([
      `document:${id}`,
      `document:${id}:events`,
    ]);
  });
});
