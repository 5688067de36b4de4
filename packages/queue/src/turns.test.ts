import type { Priority } from "@lectura/contracts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newJob, openQueue, type TestQueue } from "./fixtures/queue.ts";

let queue: TestQueue;
beforeEach(() => {
  queue = openQueue(process.env["REDIS_URL"]);
});
afterEach(() => queue.close());

type Documents = { tenant: string; document: string; pages: number; priority?: Priority };

const addPages = async ({ tenant, document, pages, priority }: Documents): Promise<void> => {
  const job = { ...newJob(), tenant, document: `doc_${document.padEnd(32, "0")}` };
  await queue.producer.addAll(
    "page",
    Array.from({ length: pages }, (_, index) => ({ ...job, page: index + 1 })),
    priority,
  );
};

/** The order in which pages are taken, each by the first letter of its document. */
const order = async (count: number): Promise<string> => {
  const taken: string[] = [];
  queue.consume({ page: async ({ document }) => void taken.push(document.charAt(4)) });
  await vi.waitFor(() => expect(taken).toHaveLength(count), { timeout: 20_000 });
  return taken.join("");
};

test("tenants take turns, whoever has more and came first", async () => {
  await addPages({ tenant: "ten_a", document: "a", pages: 6 });
  await addPages({ tenant: "ten_b", document: "b", pages: 3 });
  expect(await order(9)).toBe("abababaaa");
});

test("a tenant with many documents gets no more than one with a single one", async () => {
  for (const document of ["a", "c", "d", "e"]) await addPages({ tenant: "ten_a", document, pages: 3 });
  await addPages({ tenant: "ten_b", document: "b", pages: 4 });
  const first = (await order(16)).slice(0, 8);
  expect(first.replaceAll(/[^b]/g, "").length).toBeGreaterThanOrEqual(3);
});

test("a document that comes later does not wait for one that came with many pages", async () => {
  await addPages({ tenant: "ten_a", document: "a", pages: 8 });
  await addPages({ tenant: "ten_a", document: "b", pages: 1 });
  expect((await order(9)).indexOf("b")).toBeLessThanOrEqual(2);
});

test("batch lets interactive go first, and keeps its own turns", async () => {
  await addPages({ tenant: "ten_a", document: "a", pages: 2, priority: "batch" });
  await addPages({ tenant: "ten_b", document: "b", pages: 2, priority: "batch" });
  await addPages({ tenant: "ten_c", document: "c", pages: 2 });
  expect(await order(6)).toBe("ccabab");
});

test("a tenant's new documents come one after the other, beside those of others", async () => {
  const taken: string[] = [];
  for (const tenant of ["ten_a", "ten_a", "ten_a", "ten_b"]) {
    await queue.producer.add("inspect", { ...newJob(), tenant });
  }
  queue.consume({ inspect: async ({ tenant }) => void taken.push(tenant.slice(-1)) });
  await vi.waitFor(() => expect(taken).toHaveLength(4), { timeout: 20_000 });
  expect(taken.join("")).toBe("abaa");
});

test("turns begin anew when nothing waits: nobody is behind for what was long ago", async () => {
  await addPages({ tenant: "ten_a", document: "a", pages: 50 });
  await order(50);
  await Promise.all([
    addPages({ tenant: "ten_b", document: "b", pages: 1 }),
    addPages({ tenant: "ten_a", document: "a", pages: 1 }),
  ]);
  const keys = await queue.connection.keys(`${queue.prefix}:ocr-pages:turns:interactive:*`);
  const places = await Promise.all(keys.map(async (key) => Object.values(await queue.connection.hgetall(key))));
  for (const place of places.flat()) expect(Number(place.split(":")[1])).toBeLessThan(5);
});

test("what is nearly done goes before everything else", async () => {
  const taken: string[] = [];
  await queue.producer.add("inspect", newJob());
  await queue.producer.add("assemble", newJob());
  const take = (name: string) => async () => void taken.push(name);
  queue.consume({ inspect: take("inspect"), assemble: take("assemble") });
  await vi.waitFor(() => expect(taken).toEqual(["assemble", "inspect"]), { timeout: 20_000 });
});
