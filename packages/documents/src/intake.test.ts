import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { newDocument, openDocuments, TENANT, type TestDocuments } from "./fixtures/documents.ts";
import { newRecord } from "./record.ts";

let at: TestDocuments;
const opened: TestDocuments[] = [];
beforeEach(() => {
  at = openDocuments(process.env["REDIS_URL"]);
  opened.push(at);
});
afterAll(async () => {
  await Promise.all(opened.map(async ({ close }) => close()));
});

const idsOf = (records: { id: string }[]) => records.map(({ id }) => id);
const MINUTE = 60_000;
const DAY = 86_400;

describe("creating a document", () => {
  test("makes a record that is read as it was made, and puts it in every index at once", async () => {
    const { documents, workers } = at;
    const document = newDocument({}, "invoice 7");
    await documents.receiving(document);
    const record = await documents.create(document);
    expect(record).toEqual(newRecord(document));
    expect(await documents.read(document.id)).toEqual(record);

    expect(idsOf((await documents.list(TENANT, { limit: 9 })).items)).toEqual([document.id]);
    expect(idsOf((await documents.list(TENANT, { limit: 9, reference: "invoice 7" })).items)).toEqual([document.id]);
    expect(await documents.idle(Date.now() + 1, 9)).toEqual([document.id]);
    expect(await documents.expired(record.expires_at, 9)).toEqual([document.id]);
    expect(await documents.expired(record.expires_at - 1, 9)).toEqual([]);
    expect(await workers.estimate(record)).toEqual({ position: 1, eta_seconds: null });
    expect(await documents.abandoned(Date.now() + MINUTE, 9)).toEqual([]);
  });

  test("lets it live as long as its options say", async () => {
    const document = newDocument();
    const record = await at.documents.create(document);
    expect(record.expires_at).toBe(document.now + 86_400_000);
  });

  test("a second time changes nothing, at once or later", async () => {
    const { documents } = at;
    const document = newDocument({}, "first");
    await Promise.all(Array.from({ length: 20 }, async () => documents.create(document)));
    await documents.start({ document: document.id, attempt: 1 });
    const [record, contents] = [await documents.read(document.id), await at.contents()];
    await documents.create({ ...newDocument({}, "second"), id: document.id });
    expect(await documents.read(document.id)).toEqual(record);
    expect(await at.contents()).toEqual(contents);
    expect((await documents.list(TENANT, { limit: 9 })).items).toHaveLength(1);
  });

  test("of one tenant is nothing to another", async () => {
    const { documents } = at;
    await documents.create(newDocument({}, "shared"));
    expect(await documents.list("ten_b", { limit: 9 })).toEqual({ items: [], more: false });
    expect(await documents.list("ten_b", { limit: 9, reference: "shared" })).toEqual({ items: [], more: false });
  });
});

const grave = (document: { id: string; tenant: string }, reference: string | null = null) => ({
  id: document.id,
  tenant: document.tenant,
  reference,
});

/** A document with everything that one can have in Redis. */
const full = async () => {
  const { documents } = at;
  const document = await at.planned({ selected: 9, window: 4, reference: "secret reference" });
  const failure = { code: "page-crashed", title: "t", detail: "secret detail", retryable: false } as const;
  await documents.settlePage(document.job, { number: 1, failure: null, milliseconds: 5 });
  await documents.settlePage(document.job, { number: 2, failure, milliseconds: 5 });
  await documents.strike(document.job, 3);
  return document;
};

describe("burying a document", () => {
  test.each(["deleted", "expired"] as const)(
    "leaves a tombstone that says %s, and nothing of what it was",
    async (as) => {
      const { documents, redis, keys } = at;
      const document = await full();
      expect(await documents.bury(grave(document, "secret reference"), as)).toBe(true);
      expect(await documents.read(document.id)).toEqual({ id: document.id, tenant: TENANT, status: as });

      // Webhooks are owed the news of an expiry: the fact, none of the content.
      const news = as === "expired" ? ["documents:ended"] : [];
      expect(await at.contents()).toEqual([
        `document:${document.id}`,
        ...news,
        "documents:page-times",
        "documents:purge",
      ]);
      expect(await redis.hgetall(keys.record(document.id))).toEqual({ tenant: TENANT, status: as });
      const secondsLeft = await redis.ttl(keys.record(document.id));
      expect(secondsLeft).toBeGreaterThan(29 * DAY);
      expect(secondsLeft).toBeLessThanOrEqual(30 * DAY);
    },
  );

  test("notes that its bytes have to go, until they are gone", async () => {
    const { documents } = at;
    const document = await full();
    await documents.bury(grave(document, "secret reference"), "deleted");
    expect(await documents.buried(Date.now() - MINUTE, 9)).toEqual([]);
    expect(await documents.buried(Date.now(), 9)).toEqual([{ tenant: TENANT, id: document.id }]);
    await documents.purged({ tenant: TENANT, id: document.id });
    expect(await at.contents()).toEqual([`document:${document.id}`, "documents:page-times"]);
  });

  test("happens once, and to one's own documents only", async () => {
    const { documents } = at;
    const document = newDocument();
    await documents.create(document);
    expect(await documents.bury({ ...grave(document), tenant: "ten_b" }, "deleted")).toBe(false);
    expect(await documents.read(document.id)).toMatchObject({ status: "queued" });
    const buried = await Promise.all(
      Array.from({ length: 10 }, async () => documents.bury(grave(document), "deleted")),
    );
    expect(buried.filter(Boolean)).toHaveLength(1);
    expect(await documents.bury(grave(document), "expired")).toBe(false);
    expect(await documents.read(document.id)).toMatchObject({ status: "deleted" });
    expect(await documents.bury(grave(newDocument()), "deleted")).toBe(false);
    expect(await at.contents()).toEqual([`document:${document.id}`, "documents:purge"]);
  });

  test("while its pages are being counted leaves none of them behind", async () => {
    const document = await at.planned({ selected: 60, window: 60 });
    const { documents } = at;
    const settle = async (number: number) =>
      documents.settlePage(document.job, { number, failure: null, milliseconds: 1 });
    const pages = Array.from({ length: 60 }, (_, index) => index + 1);
    const [before, after] = [pages.slice(0, 30), pages.slice(30)];
    const [early, , late] = await Promise.all([
      Promise.all(before.map(settle)),
      documents.bury(grave(document), "deleted"),
      Promise.all(after.map(settle)),
    ]);
    expect(early.filter(Boolean)).toHaveLength(30);
    expect(late.filter(Boolean)).toHaveLength(0);
    expect(await at.contents()).toEqual([`document:${document.id}`, "documents:page-times", "documents:purge"]);
  });

  test("ends all work on it: nothing brings it back", async () => {
    const { documents } = at;
    const document = await full();
    await documents.bury(grave(document, "secret reference"), "deleted");
    const contents = await at.contents();
    expect(await documents.start(document.job)).toBe(false);
    expect(await documents.plan(document.job, { sourcePages: 1, selected: 1, window: 1 })).toBeUndefined();
    expect(await documents.settlePage(document.job, { number: 4, failure: null, milliseconds: 5 })).toBeUndefined();
    expect(await documents.finish(document.job, { status: "succeeded", finished_at: 1 })).toBe(false);
    expect(await documents.strike(document.job, 4)).toBe(0);
    await documents.lookedAfter(document.id);
    expect(await at.contents()).toEqual(contents);
    expect(await documents.read(document.id)).toMatchObject({ status: "deleted" });
    expect(await documents.isUnrecorded(document.id)).toBe(false);
  });
});
