import { createHash, randomBytes, randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import type { Storage } from "./storage.ts";

const CHUNK = randomBytes(65_536);
const CHUNKS_OF_20_MB = 320;

const sha256 = async (source: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of source) hash.update(chunk);
  return hash.digest("hex");
};

async function* chunks(count: number) {
  for (let at = 0; at < count; at += 1) yield CHUNK;
}

/** Gives chunks, then stands still for ever, as a client that went away without a word; `reached` when it does. */
const standingStill = (count: number) => {
  const { promise: reached, resolve } = Promise.withResolvers<void>();
  async function* source() {
    yield* chunks(count);
    resolve();
    await new Promise<never>(() => {});
  }
  return { source: source(), reached };
};

const keysOf = async (keys: AsyncIterable<string>): Promise<string[]> => {
  const all: string[] = [];
  for await (const key of keys) all.push(key);
  return all.toSorted();
};

const textOf = async (storage: Storage, key: string) => (await storage.read(key))?.toString();

/** What every driver must do. `unfinished` lists what it holds of values that are not stored (yet). */
export const storageContract = (open: () => { storage: Storage; unfinished: () => Promise<string[]> }): void => {
  const setUp = () => ({ ...open(), tenant: `ten_${randomUUID()}` });

  describe("a value", () => {
    test.for([
      ["text", "¿Qué año es?", Buffer.from("¿Qué año es?")],
      ["bytes", CHUNK, CHUNK],
      ["nothing", "", Buffer.alloc(0)],
      ["no bytes", new Uint8Array(0), Buffer.alloc(0)],
    ] as const)("of %s comes back as it was", async ([, body, expected]) => {
      const { storage, tenant } = setUp();
      const key = `${tenant}/doc_1/input`;
      expect(await storage.put(key, body)).toEqual({ bytes: expected.length });
      expect(await storage.head(key)).toEqual({ bytes: expected.length });
      expect(await storage.read(key)).toEqual(expected);
      const got = await storage.get(key);
      expect(got?.bytes).toBe(expected.length);
      expect(got && (await buffer(got.stream))).toEqual(expected);
    });

    test.for([
      ["an empty stream", 0],
      ["a small stream", 3],
      ["a stream of 20 MB", CHUNKS_OF_20_MB],
    ] as const)("from %s comes back as it was, as a stream", async ([, count]) => {
      const { storage, tenant } = setUp();
      const key = `${tenant}/doc_1/input`;
      expect(await storage.put(key, chunks(count))).toEqual({ bytes: count * CHUNK.length });
      const got = await storage.get(key);
      expect(got?.bytes).toBe(count * CHUNK.length);
      expect(got && (await sha256(got.stream))).toBe(await sha256(chunks(count)));
    });

    test("from a Node stream comes back as it was", async () => {
      const { storage, tenant } = setUp();
      const key = `${tenant}/doc_1/input`;
      await storage.put(key, Readable.from(chunks(3)), { signal: new AbortController().signal });
      expect(await storage.read(key)).toEqual(Buffer.concat([CHUNK, CHUNK, CHUNK]));
    });

    test("of 20 MB is never handed out in one piece", async () => {
      const { storage, tenant } = setUp();
      await storage.put(`${tenant}/doc_1/input`, chunks(CHUNKS_OF_20_MB));
      const got = await storage.get(`${tenant}/doc_1/input`);
      let largest = 0;
      for await (const chunk of got?.stream ?? []) largest = Math.max(largest, chunk.length);
      expect(largest).toBeGreaterThan(0);
      expect(largest).toBeLessThan(1_000_000);
    });

    test("is replaced as a whole, by a longer and by a shorter one", async () => {
      const { storage, tenant } = setUp();
      const key = `${tenant}/doc_1/input`;
      for (const body of ["short", "a good deal longer", "end"]) {
        await storage.put(key, body);
        expect(await textOf(storage, key)).toBe(body);
      }
    });

    test.for([
      { first: 0, last: 0 },
      { first: 3, last: 6 },
      { first: 9, last: 9 },
    ])("can be read in part: %j", async (range) => {
      const { storage, tenant } = setUp();
      await storage.put(`${tenant}/doc_1/input`, "0123456789");
      const got = await storage.get(`${tenant}/doc_1/input`, { range });
      const part = "0123456789".slice(range.first, range.last + 1);
      expect(got?.bytes).toBe(part.length);
      expect(got && (await sha256(got.stream))).toBe(await sha256(Readable.from([Buffer.from(part)])));
    });

    test("that was read half can be let go", async () => {
      const { storage, tenant } = setUp();
      await storage.put(`${tenant}/doc_1/input`, chunks(32));
      const controller = new AbortController();
      const got = await storage.get(`${tenant}/doc_1/input`, { signal: controller.signal });
      const reading = (async () => {
        for await (const chunk of got?.stream ?? []) if (chunk.length > 0) controller.abort();
      })();
      await expect(reading).rejects.toThrow();
      expect(got?.stream.destroyed).toBe(true);
    });

    test("that is not there is undefined, also where there is a folder of that name", async () => {
      const { storage, tenant } = setUp();
      await storage.put(`${tenant}/doc_1/input`, "x");
      for (const key of [
        `${tenant}/doc_2/input`,
        `${tenant}/doc_1/output`,
        `${tenant}/doc_1`,
        `${tenant}/doc_1/input/x`,
      ]) {
        expect(await storage.get(key)).toBeUndefined();
        expect(await storage.read(key)).toBeUndefined();
        expect(await storage.head(key)).toBeUndefined();
      }
    });
  });

  describe("an unfinished value", () => {
    test.for([
      ["the first", 1],
      ["many", 200],
    ] as const)("whose source fails after %s chunks leaves nothing, and the old value stays", async ([, count]) => {
      const { storage, tenant, unfinished } = setUp();
      async function* failing() {
        yield* chunks(count);
        throw new Error("the client hung up");
      }
      await storage.put(`${tenant}/doc_1/old`, "old");
      await expect(storage.put(`${tenant}/doc_1/old`, failing())).rejects.toThrow("the client hung up");
      await expect(storage.put(`${tenant}/doc_1/new`, failing())).rejects.toThrow("the client hung up");
      expect(await textOf(storage, `${tenant}/doc_1/old`)).toBe("old");
      expect(await keysOf(storage.list(tenant))).toEqual([`${tenant}/doc_1/old`]);
      expect(await unfinished()).toEqual([]);
    });

    test.for([
      ["before any chunk", 0],
      ["after the first chunk", 1],
      ["after many chunks", 200],
    ] as const)("that is aborted %s leaves nothing, and the old value stays", async ([, count]) => {
      const { storage, tenant, unfinished } = setUp();
      await storage.put(`${tenant}/doc_1/old`, "old");
      for (const name of ["old", "new"]) {
        const controller = new AbortController();
        const { source, reached } = standingStill(count);
        const put = storage.put(`${tenant}/doc_1/${name}`, source, { signal: controller.signal });
        await Promise.race([reached, put]);
        controller.abort(new Error("we are closing"));
        await expect(put).rejects.toThrow("we are closing");
      }
      expect(await textOf(storage, `${tenant}/doc_1/old`)).toBe("old");
      expect(await keysOf(storage.list(tenant))).toEqual([`${tenant}/doc_1/old`]);
      expect(await unfinished()).toEqual([]);
    });

    test("whose signal was aborted before is not begun", async () => {
      const { storage, tenant } = setUp();
      const signal = AbortSignal.abort(new Error("too late"));
      await expect(storage.put(`${tenant}/doc_1/a`, "x", { signal })).rejects.toThrow("too late");
      await expect(storage.put(`${tenant}/doc_1/b`, chunks(1), { signal })).rejects.toThrow("too late");
      expect(await keysOf(storage.list(tenant))).toEqual([]);
    });

    test("asks its source to end", async () => {
      const { storage, tenant } = setUp();
      const controller = new AbortController();
      const { promise: ended, resolve } = Promise.withResolvers<string>();
      async function* source() {
        try {
          for (;;) {
            yield CHUNK;
            controller.abort(new Error("enough"));
          }
        } finally {
          resolve("ended");
        }
      }
      const { signal } = controller;
      await expect(storage.put(`${tenant}/doc_1/a`, source(), { signal })).rejects.toThrow("enough");
      expect(await ended).toBe("ended");
    });
  });

  describe("at the same time", () => {
    test("values are stored under different keys", async () => {
      const { storage, tenant } = setUp();
      const keys = Array.from({ length: 64 }, (_, at) => `${tenant}/doc_${at % 8}/pages/${at}.json`);
      await Promise.all(keys.map((key) => storage.put(key, key)));
      expect(await keysOf(storage.list(tenant))).toEqual(keys.toSorted());
      expect(await Promise.all(keys.map((key) => textOf(storage, key)))).toEqual(keys);
    });

    test("values under one key leave one of them, whole", async () => {
      const { storage, tenant, unfinished } = setUp();
      const bodies = Array.from({ length: 16 }, (_, at) => `${at} `.repeat(5000));
      await Promise.all(bodies.map((body) => storage.put(`${tenant}/doc_1/input`, body)));
      expect(bodies).toContain(await textOf(storage, `${tenant}/doc_1/input`));
      expect(await unfinished()).toEqual([]);
    });

    test("a document can be stored and others of its tenant deleted, again and again", async () => {
      const { storage, tenant } = setUp();
      await Promise.all(
        Array.from({ length: 8 }, async (_, document) => {
          for (let round = 0; round < 8; round += 1) {
            await storage.put(`${tenant}/doc_${document}/pages/1.json`, "x");
            if (document % 2 === 0) await storage.deletePrefix(`${tenant}/doc_${document}`);
          }
        }),
      );
      const kept = [1, 3, 5, 7].map((document) => `${tenant}/doc_${document}/pages/1.json`);
      expect(await keysOf(storage.list(tenant))).toEqual(kept);
    });

    test("a document can be stored and deleted, and neither fails", async () => {
      const { storage, tenant, unfinished } = setUp();
      const stored = new AbortController();
      const store = async (_: unknown, at: number) => {
        for (let page = 0; page < 50; page += 1) await storage.put(`${tenant}/doc_1/pages/${at}-${page}.json`, "x");
      };
      const deleteUntilStored = async () => {
        while (!stored.signal.aborted) await storage.deletePrefix(`${tenant}/doc_1`);
      };
      const deleting = deleteUntilStored();
      await Promise.all(Array.from({ length: 4 }, store)).finally(() => stored.abort());
      await deleting;
      await storage.deletePrefix(`${tenant}/doc_1`);
      expect(await keysOf(storage.list(tenant))).toEqual([]);
      expect(await unfinished()).toEqual([]);
    });
  });

  describe("a copy", () => {
    test("is the same value, and lives on when the first one is deleted or replaced", async () => {
      const { storage, tenant, unfinished } = setUp();
      const [first, second] = [`${tenant}/doc_1/pages/1.json`, `${tenant}/doc_2/pages/1.json`];
      await storage.put(first, CHUNK);
      await storage.put(second, "in the way");
      for (let again = 0; again < 2; again += 1) expect(await storage.copy(first, second)).toBe(true);
      expect(await storage.read(second)).toEqual(CHUNK);
      await storage.put(first, "another");
      expect(await storage.read(second)).toEqual(CHUNK);
      expect(await storage.copy(first, second)).toBe(true);
      await storage.deletePrefix(`${tenant}/doc_1`);
      expect(await textOf(storage, second)).toBe("another");
      await storage.deletePrefix(`${tenant}/doc_2`);
      expect(await keysOf(storage.list(tenant))).toEqual([]);
      expect(await unfinished()).toEqual([]);
    });

    test("of what is not there is none, and nothing comes of it", async () => {
      const { storage, tenant, unfinished } = setUp();
      expect(await storage.copy(`${tenant}/doc_1/input`, `${tenant}/doc_2/input`)).toBe(false);
      await storage.put(`${tenant}/doc_1/pages/1.json`, "x");
      expect(await storage.copy(`${tenant}/doc_1/pages`, `${tenant}/doc_2/input`)).toBe(false);
      expect(await keysOf(storage.list(`${tenant}/doc_2`))).toEqual([]);
      expect(await unfinished()).toEqual([]);
    });
  });

  describe("deleting", () => {
    test("takes one value, and nothing when it is not there", async () => {
      const { storage, tenant } = setUp();
      await storage.put(`${tenant}/doc_1/a`, "a");
      await storage.put(`${tenant}/doc_1/b`, "b");
      await storage.delete(`${tenant}/doc_1/a`);
      await storage.delete(`${tenant}/doc_1/a`);
      await storage.delete(`${tenant}/doc_9/a`);
      await storage.delete(`${tenant}/doc_1/b/c`);
      expect(await keysOf(storage.list(tenant))).toEqual([`${tenant}/doc_1/b`]);
    });

    test("a prefix takes all below it, and not what only begins like it", async () => {
      const { storage, tenant } = setUp();
      const kept = [`${tenant}/doc_10/input`, `${tenant}/doc_1.json`, `${tenant}/doc_11`];
      const gone = [`${tenant}/doc_1/input`, `${tenant}/doc_1/pages/1.json`, `${tenant}/doc_1/pages/2.json`];
      for (const key of [...kept, ...gone]) await storage.put(key, key);
      expect(await keysOf(storage.list(`${tenant}/doc_1`))).toEqual(gone);
      await storage.deletePrefix(`${tenant}/doc_1`);
      await storage.deletePrefix(`${tenant}/doc_1`);
      await storage.deletePrefix(`${tenant}/doc_11`);
      expect(await keysOf(storage.list(tenant))).toEqual(kept.toSorted());
      await storage.put(gone[0] ?? "", "again");
      expect(await textOf(storage, gone[0] ?? "")).toBe("again");
    });

    test("and listing work beyond a thousand values", async () => {
      const { storage, tenant } = setUp();
      const keys = Array.from({ length: 1003 }, (_, at) => `${tenant}/doc_1/pages/${at}.json`);
      const waiting = keys.values();
      await Promise.all(
        Array.from({ length: 16 }, async () => {
          for (const key of waiting) await storage.put(key, "x");
        }),
      );
      await storage.put(`${tenant}/doc_2/input`, "x");
      expect(await keysOf(storage.list(`${tenant}/doc_1`))).toEqual(keys.toSorted());
      await storage.deletePrefix(`${tenant}/doc_1`);
      expect(await keysOf(storage.list(tenant))).toEqual([`${tenant}/doc_2/input`]);
    });

    test("or listing what was never there is no failure", async () => {
      const { storage, tenant } = setUp();
      await storage.deletePrefix(`${tenant}/doc_1`);
      expect(await keysOf(storage.list(tenant))).toEqual([]);
    });
  });

  test("a key that could lead elsewhere is refused by every method", async () => {
    const { storage } = setUp();
    const key = "../elsewhere";
    const refusal = { message: expect.stringContaining("is not a storage key") };
    await expect(storage.put(key, "x")).rejects.toMatchObject(refusal);
    await expect(storage.get(key)).rejects.toMatchObject(refusal);
    await expect(storage.read(key)).rejects.toMatchObject(refusal);
    await expect(storage.head(key)).rejects.toMatchObject(refusal);
    await expect(storage.copy(key, "ten_1/doc_1")).rejects.toMatchObject(refusal);
    await expect(storage.copy("ten_1/doc_1", key)).rejects.toMatchObject(refusal);
    await expect(storage.delete(key)).rejects.toMatchObject(refusal);
    await expect(storage.deletePrefix(key)).rejects.toMatchObject(refusal);
    expect(() => storage.list(key)).toThrow("is not a storage key");
  });

  test("knows how much fits in, or that there is no end to it", async () => {
    const space = await setUp().storage.space();
    if (space === undefined) return;
    expect(space.free).toBeGreaterThan(0);
    expect(space.free).toBeLessThanOrEqual(space.total);
  });

  test("a storage that works answers a ping", async () => {
    await expect(setUp().storage.ping()).resolves.toBeUndefined();
  });
};
