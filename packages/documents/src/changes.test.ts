import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import type { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Changes, createChanges } from "./changes.ts";
import { newDocument, openDocuments, TENANT, type TestDocuments } from "./fixtures/documents.ts";
import type { Attempt } from "./progress.ts";

let at: TestDocuments;
let subscriber: Redis;
let changes: Changes;

beforeEach(async () => {
  at = openDocuments(process.env["REDIS_URL"]);
  subscriber = at.connect();
  changes = await createChanges(subscriber, at.keys);
});
afterEach(async () => {
  await changes.close();
  await at.close();
});

const created = async (): Promise<Attempt> => {
  const { id } = await at.documents.create(newDocument());
  return { document: id, attempt: 1 };
};

/** A document's status, or how far its pages are. */
const look = async (id: string): Promise<string | undefined> => {
  const record = await at.documents.read(id);
  const isCounting = record && "total" in record && record.status === "processing" && record.total !== null;
  return isCounting ? `${record.done + record.failed} of ${record.total}` : record?.status;
};

/** Waits until `look` sees `expected`; `reads` are its looks. */
const waitFor = async (id: string, expected: string | undefined, signal = AbortSignal.timeout(30_000)) => {
  const reads = vi.fn(async () => look(id));
  const waited = changes.waitUntil(id, reads, (seen) => seen === expected, signal);
  await reads.mock.results[0]?.value;
  return { reads, waited };
};

/** Changes something, and goes on when the message of it has woken whom it wakes. */
const change = async (work: () => Promise<unknown>): Promise<unknown[]> => {
  const told = once(subscriber, "message");
  await work();
  const message = await told;
  await setImmediate();
  return message;
};

describe("waiting for a document", () => {
  test("ends at once when there is nothing to wait for", async () => {
    const job = await created();
    const { reads, waited } = await waitFor(job.document, "queued");
    expect(await waited).toBe("queued");
    expect(reads).toHaveBeenCalledTimes(1);
  });

  test("is woken by every step of the work", async () => {
    const { documents } = at;
    const job = await created();
    const settle = async (number: number) => documents.settlePage(job, { number, failure: null, milliseconds: 1 });
    const steps: [seen: string, work: () => Promise<unknown>][] = [
      ["processing", async () => documents.start(job)],
      ["0 of 2", async () => documents.plan(job, { sourcePages: 2, selected: 2, window: 2 })],
      ["1 of 2", async () => settle(1)],
      ["2 of 2", async () => settle(2)],
      ["succeeded", async () => documents.finish(job, { status: "succeeded", finished_at: 1 })],
      ["deleted", async () => documents.bury({ id: job.document, tenant: TENANT, reference: null }, "deleted")],
    ];
    for (const [seen, work] of steps) {
      const { reads, waited } = await waitFor(job.document, seen);
      await change(work);
      expect(reads.mock.calls.length).toBeGreaterThanOrEqual(2);
      expect(await waited).toBe(seen);
    }
  });

  test("misses nothing that happens while it reads", async () => {
    const job = await created();
    const reads = vi.fn(async () => {
      const seen = await look(job.document);
      if (seen === "queued") await change(async () => at.documents.start(job));
      return seen;
    });
    const waited = changes.waitUntil(job.document, reads, (seen) => seen === "processing", AbortSignal.timeout(30_000));
    expect(await reads.mock.results[0]?.value).toBe("queued");
    await setImmediate();
    expect(reads.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(await waited).toBe("processing");
  });

  test("is not woken by other documents", async () => {
    const [job, other] = [await created(), await created()];
    const end = new AbortController();
    const { reads, waited } = await waitFor(job.document, "never", end.signal);
    expect(await change(async () => at.documents.start(other))).toEqual([at.keys.changes, other.document]);
    expect(reads).toHaveBeenCalledTimes(1);
    end.abort();
    await waited;
  });

  test("looks by itself when no message comes, as after a broken connection", async () => {
    const job = await created();
    const { waited } = await waitFor(job.document, "failed");
    await at.redis.hset(at.keys.record(job.document), "status", "failed");
    expect(await waited).toBe("failed");
  });

  test("ends when its time is over, with what is there by then", async () => {
    const job = await created();
    const end = new AbortController();
    const { waited } = await waitFor(job.document, "never", end.signal);
    await at.redis.hset(at.keys.record(job.document), "status", "failed");
    end.abort();
    expect(await waited).toBe("failed");
    const late = await waitFor(job.document, "never", AbortSignal.abort());
    expect(await late.waited).toBe("failed");
    expect(late.reads).toHaveBeenCalledTimes(1);
  });

  test("fails when it cannot be read", async () => {
    const failure = new Error("redis is away");
    const waited = changes.waitUntil(
      newDocument().id,
      () => Promise.reject(failure),
      () => false,
      AbortSignal.timeout(30_000),
    );
    await expect(waited).rejects.toBe(failure);
  });

  test("takes one subscription, however many wait", async () => {
    const job = await created();
    const waiting = await Promise.all(Array.from({ length: 50 }, async () => waitFor(job.document, "processing")));
    expect(await at.redis.pubsub("NUMSUB", at.keys.changes)).toEqual([at.keys.changes, 1]);
    await change(async () => at.documents.start(job));
    for (const { waited } of waiting) expect(await waited).toBe("processing");
    await changes.close();
    expect(await at.redis.pubsub("NUMSUB", at.keys.changes)).toEqual([at.keys.changes, 0]);
  });
});
