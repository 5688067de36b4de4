import { existsSync } from "node:fs";
import { mkdir, mkdtempDisposable, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DocumentOptions } from "@lectura/contracts";
import { type DocumentRecord, newDocumentId, storageKeys } from "@lectura/documents";
import { createStorage, type Storage } from "@lectura/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TENANT } from "../fixtures/take-in.ts";
import { createLocalInputs, type LocalInputs } from "./local-inputs.ts";

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let storage: Storage;
let inputs: LocalInputs;
let fetched: string[];
const scratch = () => join(folder.path, "scratch");

beforeEach(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), "lectura-inputs-test-"));
  storage = createStorage(pathToFileURL(join(folder.path, "storage")).href);
  fetched = [];
  inputs = await createLocalInputs({ storage: counted(), folder: scratch(), maxIdleBytes: 10 });
});
afterEach(async () => {
  await inputs.close();
  await folder.remove();
});

/** The storage, noting what is fetched from it. */
const counted = (): Pick<Storage, "get"> => ({
  get: async (key, options) => {
    fetched.push(key);
    return storage.get(key, options);
  },
});

/** A document with so many bytes of input in the storage. */
const stored = async (bytes: number): Promise<DocumentRecord> => {
  const id = newDocumentId(Date.now());
  await storage.put(storageKeys(TENANT, id).input, "x".repeat(bytes));
  return {
    id,
    v: 1,
    tenant: TENANT,
    status: "processing",
    attempt: 1,
    input: { filename: null, media_type: "image/png", bytes, sha256: "0" },
    source_url: null,
    anew: false,
    options: DocumentOptions.parse({}),
    sealed_password: null,
    trace_id: "0",
    traceparent: null,
    created_at: 0,
    expires_at: 0,
    started_at: 0,
    finished_at: null,
    source_pages: null,
    total: null,
    issued: null,
    confidence: null,
    cached: false,
    found_by: null,
    error: null,
    done: 0,
    failed: 0,
  };
};

const readIt = async (path: string): Promise<string> => readFile(path, "utf8");
const local = async (): Promise<number> => (await readdir(scratch())).length;

describe("local inputs", () => {
  it("are fetched once for all pages, at the same moment and one after the other", async () => {
    const record = await stored(5);
    const texts = await Promise.all([1, 2, 3].map(async () => inputs.use(record, readIt)));
    texts.push(await inputs.use(record, readIt));
    expect(texts).toEqual(Array.from({ length: 4 }, () => "xxxxx"));
    expect(fetched).toEqual([storageKeys(TENANT, record.id).input]);
  });

  it("go when their document is finished or gone", async () => {
    const record = await stored(5);
    const path = await inputs.use(record, async (given) => given);
    expect(existsSync(path)).toBe(true);
    await inputs.forget(record.id);
    expect(await local()).toBe(0);
  });

  it("stay for whoever still works with them, and go then", async () => {
    const record = await stored(5);
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const working = inputs.use(record, async (path) => {
      begun.resolve();
      await held.promise;
      return readIt(path);
    });
    await begun.promise;
    await inputs.forget(record.id);
    held.resolve();
    expect(await working).toBe("xxxxx");
    expect(await local()).toBe(0);
  });

  it("are bounded: the longest unused go first, what is in use stays", async () => {
    const [first, second, third] = [await stored(5), await stored(5), await stored(5)];
    await inputs.use(first, readIt);
    await inputs.use(second, readIt);
    await inputs.use(first, readIt);
    await inputs.use(third, readIt);
    expect(await local()).toBe(2);
    fetched = [];
    await inputs.use(first, readIt);
    expect(fetched).toEqual([]);
    await inputs.use(second, readIt);
    expect(fetched).toEqual([storageKeys(TENANT, second.id).input]);

    const large = await stored(50);
    await inputs.use(large, async (path) => {
      await inputs.use(first, readIt);
      expect(await readIt(path)).toHaveLength(50);
    });
    // Only what began to be used last fits.
    expect(await local()).toBe(1);
  });

  it("that could not be fetched leave nothing and are fetched anew", async () => {
    const record = await stored(5);
    const key = storageKeys(TENANT, record.id).input;
    await storage.delete(key);
    await expect(inputs.use(record, readIt)).rejects.toThrow(/promises its input/);
    await storage.put(key, "again");
    expect(await inputs.use(record, readIt)).toBe("again");
    expect(await local()).toBe(1);
  });

  it("that break off on the way leave nothing", async () => {
    const record = await stored(5);
    const breaking: Pick<Storage, "get"> = {
      get: async (key) => {
        const found = await storage.get(key);
        found?.stream.once("data", () => found.stream.destroy(new Error("connection lost")));
        return found;
      },
    };
    const broken = await createLocalInputs({ storage: breaking, folder: scratch() });
    await expect(broken.use(record, readIt)).rejects.toThrow("connection lost");
    expect(await local()).toBe(0);
  });

  it("of an earlier process are removed at the start, its own at the end", async () => {
    await mkdir(join(scratch(), "input-old"));
    await writeFile(join(scratch(), "input-old", "input"), "left over");
    const next = await createLocalInputs({ storage, folder: scratch() });
    expect(await local()).toBe(0);
    await next.use(await stored(5), readIt);
    await next.close();
    expect(existsSync(scratch())).toBe(false);
  });
});
