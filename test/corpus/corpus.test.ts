import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Document } from "@lectura/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, createClient, wordRecall } from "../fixtures/client.ts";
import { endPlatform, root, startPlatform, type TestPlatform } from "../fixtures/platform.ts";
import { type End, hostileFiles, passwords } from "./hostile-files.ts";

const corpus = process.env["LECTURA_CORPUS"] ?? join(root, "../shared/corpus");
const AT_ONCE = 6;

let platform: TestPlatform;
let client: Client;

beforeAll(async () => {
  platform = await startPlatform();
  client = createClient(platform);
});
afterAll(async () => endPlatform(platform));

const submitAll = async (files: string[], query: string): Promise<Map<string, Document | string>> => {
  const ended = new Map<string, Document | string>();
  const waiting = [...files];
  const one = async (): Promise<void> => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const bytes = new Uint8Array(await readFile(join(corpus, file)));
      try {
        const { id } = await client.submit(bytes, { query });
        ended.set(file, await client.untilFinal(id));
      } catch (error) {
        ended.set(file, error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return ended;
};

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(join(corpus, folder))).filter((name) => name.endsWith(".pdf")).map((name) => join(folder, name));

test("pages of every class are read about as well as they can be", { timeout: 600_000 }, async () => {
  const manifest: { class: string; image: string; truth: string; lang: string; set: string }[] = JSON.parse(
    await readFile(join(corpus, "manifest.json"), "utf8"),
  );
  const perClass = Map.groupBy(
    manifest.filter(({ set }) => set === "a"),
    (page) => page.class,
  );
  const pages = [...perClass.values()].flatMap((group) => group.slice(0, 2));
  const recalls: number[] = [];
  for (const page of pages) {
    const bytes = new Uint8Array(await readFile(join(corpus, page.image)));
    const { id } = await client.submit(bytes, { query: `?languages=${page.lang}` });
    const document = await client.untilFinal(id);
    expect(document.status, page.image).toBe("succeeded");
    recalls.push(wordRecall(await client.text(id), await readFile(join(corpus, page.truth), "utf8")));
  }
  const mean = recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
  expect(mean).toBeGreaterThan(0.8);
});

test("every real PDF is read, and the protected one by its password alone", { timeout: 900_000 }, async () => {
  const files = await filesIn("pdf");
  const ended = await submitAll(files, "?pages=1-2");
  for (const [file, document] of ended) {
    const expected = file.endsWith("password.pdf")
      ? { error: { code: "password-protected" } }
      : { status: "succeeded" };
    expect(document, file).toMatchObject(expected);
  }
  const opened = await submitAll(
    files.filter((file) => file.endsWith("password.pdf")),
    "?password=openpassword",
  );
  expect(opened.size).toBe(1);
  for (const document of opened.values()) expect(document).toMatchObject({ status: "succeeded" });
});

/** What no file may do to a page: end its process, or hold it until it is ended. */
const NEVER = /internal|page-crashed|page-timeout|out-of-memory/;

const endOf = async (document: Document): Promise<End> => {
  const { status, error, pages } = document;
  const results = status === "partial" ? (await client.result(document.id)).pages : [];
  const code = error?.code ?? results.find((page) => page.error)?.error?.code;
  return { http: 202, ends: code === undefined ? status : `${status} ${code}`, pages: pages.total };
};

test("every hostile PDF ends as it must, and none is our fault or our end", { timeout: 1_800_000 }, async () => {
  const before = await platform.processes();
  const ended = await submitAll(await filesIn("hostile"), "?pages=1-3");
  const ends = new Map<string, End | string>();
  for (const [file, document] of ended)
    ends.set(basename(file), typeof document === "string" ? document : await endOf(document));
  // Of a file that is new in the corpus nothing is known but this.
  const unknown = [...ends].filter(([file]) => !hostileFiles.has(file));
  for (const [file, end] of unknown) {
    if (typeof end === "string") expect(end, file).toMatch(/^4\d\d /);
    else expect(end.ends, file).not.toMatch(NEVER);
    ends.delete(file);
  }
  const expected = [...hostileFiles].filter(([file]) => ends.has(file));
  expect(Object.fromEntries(ends)).toEqual(Object.fromEntries(expected));
  expect(await platform.processes()).toEqual(before);
});

test("those that need a password open by it", { timeout: 120_000 }, async () => {
  const ends: Record<string, End> = {};
  for (const [file, password] of Object.entries(passwords)) {
    const bytes = new Uint8Array(await readFile(join(corpus, "hostile", file)));
    const { id } = await client.submit(bytes, { query: `?password=${password}` });
    ends[file] = await endOf(await client.untilFinal(id));
  }
  const opened = { http: 202, ends: "succeeded", pages: 1 };
  expect(ends).toEqual(Object.fromEntries(Object.keys(passwords).map((file) => [file, opened])));
});
