import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { newDocument, openDocuments, TENANT, type TestDocuments } from "./fixtures/documents.ts";

let at: TestDocuments;
const opened: TestDocuments[] = [];
beforeEach(() => {
  at = openDocuments(process.env["REDIS_URL"]);
  opened.push(at);
});
afterAll(async () => {
  await Promise.all(opened.map(async ({ close }) => close()));
});

const BEFORE_NOW = -1000;
const MINUTE = 60_000;

describe("an upload", () => {
  test("that never became a document can be found until somebody has cleared it away", async () => {
    const { documents } = at;
    const upload = { tenant: TENANT, id: newDocument().id };
    await documents.receiving(upload);
    expect(await documents.abandoned(Date.now() + BEFORE_NOW, 9)).toEqual([]);
    expect(await documents.abandoned(Date.now() + MINUTE, 9)).toEqual([upload]);
    await documents.received(upload);
    expect(await documents.abandoned(Date.now() + MINUTE, 9)).toEqual([]);
    expect(await at.contents()).toEqual([]);
  });
});

describe("a document nobody works on", () => {
  test("is idle until it is looked after", async () => {
    const { documents } = at;
    const document = newDocument({ now: Date.now() - MINUTE });
    await documents.create(document);
    expect(await documents.idle(Date.now() - 2 * MINUTE, 9)).toEqual([]);
    expect(await documents.idle(Date.now() + BEFORE_NOW, 9)).toEqual([document.id]);
    await documents.lookedAfter(document.id);
    expect(await documents.idle(Date.now() + BEFORE_NOW, 9)).toEqual([]);
  });

  test("is not idle any more when it is final, even when it is looked after just then", async () => {
    const { documents } = at;
    const document = newDocument();
    await documents.create(document);
    await documents.finish({ document: document.id, attempt: 1 }, { status: "failed", finished_at: 1 });
    await documents.lookedAfter(document.id);
    expect(await documents.idle(Date.now() + MINUTE, 9)).toEqual([]);
  });

  test("waits its turn: the longest idle ones come first, no more than asked for", async () => {
    const { documents } = at;
    const now = Date.now();
    const [c, a, b] = [3, 1, 2].map((minutes) => newDocument({ now: now - 10 * MINUTE + minutes * MINUTE }));
    for (const each of [c, a, b]) if (each) await documents.create(each);
    expect(await documents.idle(now, 2)).toEqual([a?.id, b?.id]);
    expect(await documents.expired(now + 2 * 86_400_000, 2)).toEqual([a?.id, b?.id]);
  });
});

describe("the document that has waited longest", () => {
  test("is told by when it came in, whatever came in after it", async () => {
    const { documents } = at;
    const now = Date.now();
    expect(await documents.oldestWaiting()).toBeUndefined();
    for (const minutes of [2, 3, 1]) await documents.create(newDocument({ now: now - minutes * MINUTE }));
    expect(await documents.oldestWaiting()).toBe(now - 3 * MINUTE);
  });

  test("waits no more once it is taken up, is finished or is gone", async () => {
    const { documents } = at;
    const now = Date.now();
    const [takenUp, finished, gone, last] = [
      newDocument({ now: now - 4 * MINUTE }),
      newDocument({ now: now - 3 * MINUTE }),
      newDocument({ now: now - 2 * MINUTE }),
      newDocument({ now: now - MINUTE }),
    ];
    for (const each of [takenUp, finished, gone, last]) await documents.create(each);
    await documents.start({ document: takenUp.id, attempt: 1 });
    expect(await documents.oldestWaiting()).toBe(finished.now);
    await documents.finish({ document: finished.id, attempt: 1 }, { status: "failed", finished_at: now });
    expect(await documents.oldestWaiting()).toBe(gone.now);
    await documents.bury({ id: gone.id, tenant: TENANT, reference: null }, "deleted");
    expect(await documents.oldestWaiting()).toBe(last.now);
    await documents.start({ document: last.id, attempt: 1 });
    expect(await documents.oldestWaiting()).toBeUndefined();
  });

  test("goes on waiting from when it came in, however often it is looked after", async () => {
    const { documents } = at;
    const document = newDocument({ now: Date.now() - MINUTE });
    await documents.create(document);
    await documents.lookedAfter(document.id);
    expect(await documents.oldestWaiting()).toBe(document.now);
  });
});

describe("the right to sweep", () => {
  test("is had by one at a time", async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, async () => at.documents.claimSweep(MINUTE)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test("lapses by itself, so that a killed sweeper does not keep it", async () => {
    expect(await at.documents.claimSweep(50)).toBe(true);
    await vi.waitFor(async () => expect(await at.documents.claimSweep(MINUTE)).toBe(true));
  });
});
