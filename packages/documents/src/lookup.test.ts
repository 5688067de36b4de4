import type { DocumentId } from "@lectura/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newDocument, openDocuments, TENANT, type TestDocuments } from "./fixtures/documents.ts";
import type { ListQuery } from "./lookup.ts";
import { NewerRecordError, RECORD_VERSION } from "./record.ts";

let at: TestDocuments;
/** Newest first: as a list shows them. */
let all: { id: DocumentId; index: number }[];
const COUNT = 260;

beforeAll(async () => {
  at = openDocuments(process.env["REDIS_URL"]);
  const now = Date.now();
  const oldestFirst = Array.from({ length: COUNT }, (_, index) =>
    newDocument({ now: now + index }, index % 100 === 0 ? "every hundredth" : null),
  );
  // They come in out of order, as from several replicas.
  await Promise.all(
    oldestFirst
      .toSorted((a, b) => (a.id.slice(-4) < b.id.slice(-4) ? -1 : 1))
      .map(async (document) => at.documents.create(document)),
  );
  await at.documents.create(newDocument({ tenant: "ten_b" }, "every hundredth"));
  all = oldestFirst.map(({ id }, index) => ({ id, index })).toReversed();
  const seventh = all.filter(({ index }) => index % 7 === 0);
  await Promise.all(seventh.map(async ({ id }) => at.documents.start({ document: id, attempt: 1 })));
});
afterAll(() => at.close());

const ids = (documents: { id: string }[]) => documents.map(({ id }) => id);

/** The sizes and contents of all pages of a list. */
const readThrough = async (query: ListQuery) => {
  const sizes: number[] = [];
  const found: DocumentId[] = [];
  let after = query.after;
  for (;;) {
    const { items, more } = await at.documents.list(TENANT, { ...query, after });
    sizes.push(items.length);
    found.push(...ids(items));
    if (!more) return { sizes, found };
    after = items.at(-1)?.id;
  }
};

describe("a tenant's list", () => {
  test.each([
    [100, [100, 100, 60]],
    [130, [130, 130]],
    [259, [259, 1]],
    [260, [260]],
    [1000, [260]],
  ])("of pages of %i has all documents, newest first, each once", async (limit, sizes) => {
    expect(await readThrough({ limit })).toEqual({ sizes, found: ids(all) });
  });

  test("of a status reads on until a page is full", async () => {
    const processing = ids(all.filter(({ index }) => index % 7 === 0));
    expect(processing).toHaveLength(38);
    expect(await readThrough({ limit: 20, status: "processing" })).toEqual({ sizes: [20, 18], found: processing });
    expect(await readThrough({ limit: 38, status: "processing" })).toEqual({ sizes: [38], found: processing });
    expect(await readThrough({ limit: 20, status: "expired" })).toEqual({ sizes: [0], found: [] });
  });

  test("of a reference has those documents only", async () => {
    const query = { limit: 2, reference: "every hundredth" };
    const referred = ids(all.filter(({ index }) => index % 100 === 0));
    expect(await readThrough(query)).toEqual({ sizes: [2, 1], found: referred });
    expect(await readThrough({ ...query, status: "processing" })).toEqual({ sizes: [1], found: referred.slice(2) });
    expect(await readThrough({ ...query, reference: "nobody's" })).toEqual({ sizes: [0], found: [] });
  });

  test("goes on after a document that is gone by now", async () => {
    const { documents } = at;
    const gone = newDocument({ now: Date.now() + 100_000 });
    await documents.create(gone);
    await documents.bury({ id: gone.id, tenant: TENANT, reference: null }, "deleted");
    const { items } = await documents.list(TENANT, { limit: 3, after: gone.id });
    expect(ids(items)).toEqual(ids(all.slice(0, 3)));
  });

  test("does not grow while it is read: what comes in later is before its first page", async () => {
    const { documents, redis, keys } = at;
    const first = await documents.list(TENANT, { limit: 5 });
    const late = newDocument({ now: Date.now() + 200_000 });
    await documents.create(late);
    const second = await documents.list(TENANT, { limit: 5, after: first.items.at(-1)?.id });
    expect(ids([...first.items, ...second.items])).toEqual(ids(all.slice(0, 10)));
    await documents.bury({ id: late.id, tenant: TENANT, reference: null }, "deleted");
    expect(await redis.zscore(keys.tenant(TENANT), late.id)).toBeNull();
  });
});

describe("reading a document", () => {
  test("that never was gives nothing", async () => {
    const { id } = newDocument();
    expect(await at.documents.read(id)).toBeUndefined();
    expect(await at.documents.isUnrecorded(id)).toBe(true);
  });

  test.each([
    ["with fields it does not know", { surprise: "1" }],
    ["without fields this version needs", { input: null, options: null }],
  ])(
    "that a newer platform wrote, %s, is refused and not guessed at",
    async (_, fields: Record<string, string | null>) => {
      const { documents, redis, keys } = at;
      const document = newDocument({ tenant: "ten_c" });
      await documents.create(document);
      await redis.hset(keys.record(document.id), { v: RECORD_VERSION + 1 });
      for (const [name, value] of Object.entries(fields)) {
        await (value === null
          ? redis.hdel(keys.record(document.id), name)
          : redis.hset(keys.record(document.id), name, value));
      }
      await expect(documents.read(document.id)).rejects.toThrow(NewerRecordError);
      await expect(documents.read(document.id)).rejects.toThrow(
        `record ${document.id} has version ${RECORD_VERSION + 1}`,
      );
    },
  );
});
