import { Document, DocumentId } from "@lectura/contracts";
import { describe, expect, test } from "vitest";
import { newDocumentId } from "./document-id.ts";
import { toDocument } from "./document-view.ts";
import { newDocument } from "./fixtures/documents.ts";
import { newRecord } from "./record.ts";
import { storageKeys } from "./storage-keys.ts";

const record = newRecord(newDocument({ now: Date.UTC(2026, 10, 22, 8) }, "invoice 7"));
const queue = { position: 3, eta_seconds: 14 };

describe("a document as clients see it", () => {
  test("is what the contract says", () => {
    expect(Document.parse(toDocument(record, queue))).toEqual(toDocument(record, queue));
    expect(toDocument(record, queue)).toMatchObject({
      id: record.id,
      status: "queued",
      reference: "invoice 7",
      options: {
        languages: ["spa", "eng"],
        pages: null,
        text_layer: "auto",
        preprocess: "auto",
        outputs: [],
        ttl: 86_400,
      },
      pages: { total: null, done: 0, failed: 0 },
      queue,
      created_at: "2026-11-22T08:00:00.000Z",
      started_at: null,
      expires_at: "2026-11-23T08:00:00.000Z",
      links: { self: `/v1/documents/${record.id}`, result: `/v1/documents/${record.id}/result` },
    });
  });

  test("shows nothing of what is only ours", () => {
    const document = toDocument(record, queue);
    for (const secret of ["tenant", "attempt", "issued", "v"]) expect(document).not.toHaveProperty(secret);
    expect(document.options).not.toHaveProperty("reference");
  });

  test("that is final waits for nothing", () => {
    const finished = {
      ...record,
      status: "partial" as const,
      started_at: 1,
      finished_at: 2,
      total: 3,
      done: 2,
      failed: 1,
    };
    expect(toDocument(finished, queue)).toMatchObject({
      queue: null,
      pages: { total: 3, done: 2, failed: 1 },
      finished_at: "1970-01-01T00:00:00.002Z",
    });
  });
});

describe("a document's id", () => {
  test("is well-formed, never the same, and sorts by time", () => {
    const ids = [0, 1, 1_000_000_000_000, Date.now(), Date.now() + 1, 2 ** 48 - 1].map(newDocumentId);
    for (const id of ids) expect(DocumentId.parse(id)).toBe(id);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(Array.from({ length: 1000 }, () => newDocumentId(7))).size).toBe(1000);
  });

  test("names the place of everything that belongs to the document", () => {
    const keys = storageKeys("ten_a", record.id);
    expect(keys.prefix).toBe(`ten_a/${record.id}`);
    const places = [keys.input, keys.page(1), keys.page(12), keys.result("json"), keys.result("text")];
    for (const place of places) expect(place.startsWith(`${keys.prefix}/`)).toBe(true);
    expect(new Set(places).size).toBe(places.length);
  });
});
