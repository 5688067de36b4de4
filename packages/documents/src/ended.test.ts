import { afterAll, beforeEach, expect, test } from "vitest";
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

const PARENT = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

const created = async (callback_url: string | null = null, traceparent: string | null = null) => {
  const document = newDocument();
  await at.documents.create({ ...document, traceparent, options: { ...document.options, callback_url } });
  return document;
};

test("an end is there for the webhooks from the moment of the final status, the oldest first", async () => {
  const [first, second] = [await created("https://receiver.example/?a=b", PARENT), await created()];
  expect(await at.documents.ended(9)).toEqual([]);
  await at.documents.finish({ document: second.id, attempt: 1 }, { status: "failed", finished_at: 2 });
  await at.documents.finish({ document: first.id, attempt: 1 }, { status: "succeeded", finished_at: 1 });
  expect(await at.documents.ended(9)).toMatchObject([
    {
      tenant: TENANT,
      document: first.id,
      attempt: 1,
      event: "document.succeeded",
      at: 1,
      traceparent: PARENT,
      callback_url: "https://receiver.example/?a=b",
    },
    { document: second.id, event: "document.failed", at: 2, callback_url: null, traceparent: second.trace_id },
  ]);
  expect(await at.documents.ended(1)).toHaveLength(1);
  expect(await at.documents.endedCount()).toBe(2);
});

test("an end that was not reached leaves nothing: neither a second one, nor another attempt's, nor a deletion", async () => {
  const [ended, deleted] = [await created(), await created()];
  await at.documents.finish({ document: ended.id, attempt: 2 }, { status: "failed", finished_at: 1 });
  await at.documents.finish({ document: ended.id, attempt: 1 }, { status: "partial", finished_at: 2 });
  await at.documents.finish({ document: ended.id, attempt: 1 }, { status: "failed", finished_at: 3 });
  await at.documents.bury({ id: deleted.id, tenant: TENANT, reference: null }, "deleted");
  expect(await at.documents.ended(9)).toMatchObject([{ document: ended.id, event: "document.partial" }]);
});

test("a cancelled document has ended; what has ended cannot be cancelled", async () => {
  const [open, finished] = [await created("https://receiver.example/"), await created()];
  await at.documents.finish({ document: finished.id, attempt: 1 }, { status: "succeeded", finished_at: 1 });
  for (const { id } of [open, finished, open]) await at.documents.cancel(TENANT, id);
  expect(await at.documents.ended(9)).toMatchObject([
    { document: finished.id, event: "document.succeeded" },
    { document: open.id, event: "document.cancelled", callback_url: "https://receiver.example/" },
  ]);
});

test("expiry before the end is an end of its own", async () => {
  const [open, finished] = [await created("https://receiver.example/"), await created()];
  await at.documents.finish({ document: finished.id, attempt: 1 }, { status: "succeeded", finished_at: 1 });
  for (const { id } of [open, finished]) await at.documents.bury({ id, tenant: TENANT, reference: null }, "expired");
  expect(await at.documents.ended(9)).toMatchObject([
    { document: finished.id, event: "document.succeeded" },
    { document: open.id, event: "document.expired", callback_url: "https://receiver.example/" },
  ]);
});
