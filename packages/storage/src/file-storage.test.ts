import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createStorage } from "./create-storage.ts";
import { storageContract } from "./storage-contract.ts";

const base = await mkdtemp(join(tmpdir(), "lectura-storage-"));
afterAll(() => rm(base, { recursive: true }));

const open = (name: string) => {
  const root = join(base, name);
  return { root, storage: createStorage(pathToFileURL(root).href) };
};

describe("the file driver", () => {
  const { root, storage } = open("contract");
  storageContract(() => ({ storage, unfinished: () => readdir(join(root, ".tmp")) }));

  test("leaves no folder behind when a document is deleted", async () => {
    const { root, storage } = open("no-folders");
    await storage.put("ten_1/doc_1/pages/1.json", "x");
    await storage.put("ten_1/doc_2/input", "x");
    await storage.deletePrefix("ten_1/doc_1");
    expect(await readdir(join(root, "ten_1"))).toEqual(["doc_2"]);
    expect(await readdir(join(root, ".tmp"))).toEqual([]);
  });

  test("two processes on one folder see each other's values and deletions", async () => {
    const { storage: one } = open("shared");
    const { storage: other } = open("shared");
    await one.put("ten_1/doc_1/input", "one");
    expect((await other.read("ten_1/doc_1/input"))?.toString()).toBe("one");
    await other.deletePrefix("ten_1/doc_1");
    await one.put("ten_1/doc_1/input", "again");
    expect((await other.read("ten_1/doc_1/input"))?.toString()).toBe("again");
  });

  test("cleans at start what a killed process left, and nothing that may still be written", async () => {
    const { root } = open("sweep");
    const temp = join(root, ".tmp");
    const twoHoursAgo = new Date(Date.now() - 2 * 3_600_000);
    await writeFile(join(temp, "abandoned"), "x");
    await utimes(join(temp, "abandoned"), twoHoursAgo, twoHoursAgo);
    await writeFile(join(temp, "running"), "x");
    await mkdir(join(temp, "deleted/pages"), { recursive: true });
    await writeFile(join(temp, "deleted/pages/1.json"), "x");
    open("sweep");
    expect(await readdir(temp)).toEqual(["running"]);
  });

  test("cleans also while it runs, once an hour", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const { root, storage } = open("hourly");
    await writeFile(join(root, ".tmp/abandoned"), "x");
    vi.advanceTimersByTime(2 * 3_600_000);
    expect(await readdir(join(root, ".tmp"))).toEqual([]);
    await storage.close();
    await writeFile(join(root, ".tmp/later"), "x");
    vi.advanceTimersByTime(2 * 3_600_000);
    expect(await readdir(join(root, ".tmp"))).toEqual(["later"]);
  });

  test("keeps other users of the machine out of a root that it makes", async () => {
    const { root } = open("private/root");
    expect((await stat(root)).mode & 0o077).toBe(0);
  });

  test("takes a root that is there, with blanks and accents in its name, as it is", async () => {
    const root = join(base, "año nuevo");
    await mkdir(root);
    await chmod(root, 0o755);
    const storage = createStorage(`${pathToFileURL(root).href}/`);
    await storage.put("ten_1/doc_1/input", "x");
    expect(await readdir(root)).toEqual([".tmp", "ten_1"]);
    expect((await stat(root)).mode & 0o777).toBe(0o755);
  });

  test("stops at start when the root cannot be a folder", async () => {
    await writeFile(join(base, "file"), "x");
    expect(() => open("file/root")).toThrow(/storage folder .*file\/root cannot be used/);
  });

  test("fails the ping when the folder has gone", async () => {
    const { root, storage } = open("gone");
    await rm(root, { recursive: true });
    await expect(storage.ping()).rejects.toThrow(/is gone or not writable/);
  });
});
