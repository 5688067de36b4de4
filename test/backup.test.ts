import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Client, createClient, sample, wordRecall } from "./fixtures/client.ts";
import { longDocument } from "./fixtures/long-document.ts";
import { endPlatform, root, startPlatform, type TestPlatform } from "./fixtures/platform.ts";

const PAGES = 10;

const runScript = async (name: string, folder: string, home: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [`scripts/${name}.ts`, folder], {
    cwd: root,
    env: { ...process.env, LECTURA_HOME: home, LECTURA_STORAGE: "" },
  });
  return stdout;
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lectura-backup-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** Submits receipts one after the other until told to stop; the ids, in the order in which they were accepted. */
const keepSubmitting = (client: Client, bytes: Uint8Array<ArrayBuffer>): { stop(): Promise<string[]> } => {
  const over = new AbortController();
  const work = (async () => {
    const ids: string[] = [];
    while (!over.signal.aborted) ids.push((await client.submit(bytes)).id);
    return ids;
  })();
  return {
    stop: () => {
      over.abort();
      return work;
    },
  };
};

/** The end that nobody has planned: no process gets to close anything, and the disk is gone. */
const destroy = async (platform: TestPlatform): Promise<void> => {
  const processes = await platform.processes();
  platform.launcher.kill("SIGKILL");
  for (const { pid } of processes) process.kill(pid, "SIGKILL");
  await rm(platform.home, { recursive: true, force: true, maxRetries: 5 });
};

test("a backup taken in mid-work brings everything back that was accepted before it, and what was unfinished finishes", async () => {
  const platform = await startPlatform();
  onTestFinished(async () => endPlatform(platform));
  const client = createClient(platform);
  const letter = await sample("carta.png");
  const receipt = await sample("recibo.jpg");

  const finished = (await client.submit(letter.bytes, { headers: { prefer: "wait=60" } })).id;
  const text = await client.text(finished);
  const long = (await client.submit(await longDocument(PAGES), { query: "?text_layer=ignore" })).id;
  const before = (await Promise.all([1, 2, 3, 4].map(async () => client.submit(receipt.bytes)))).map(({ id }) => id);

  // Stands for an upload that ends after Redis was saved, and before the storage is copied.
  const [tenant = ""] = (await readdir(join(platform.home, "data"))).filter((name) => name !== ".tmp");
  const late = `doc_${(Date.now() + 3_600_000).toString(16).padStart(12, "0")}${"0".repeat(20)}`;
  await mkdir(join(platform.home, "data", tenant, late));
  const load = keepSubmitting(client, receipt.bytes);
  const backup = join(folder, "backup");
  expect(await runScript("backup", backup, platform.home)).toContain("Backed up to");
  const during = await load.stop();
  // Nobody would ever clear bytes that have no record.
  const kept = await readdir(join(backup, "storage", tenant));
  expect(kept).toEqual(expect.arrayContaining([finished, long, ...before]));
  expect(kept).not.toContain(late);
  expect((await client.read(long)).finished_at).toBeNull();
  const { id: afterwards } = await client.submit(letter.bytes);
  await destroy(platform);

  const home = join(folder, "home");
  expect(await runScript("restore", backup, home)).toContain("Restored to");
  await expect(runScript("restore", backup, home)).rejects.toThrow("is there already");
  const restored = await startPlatform({ home });
  onTestFinished(async () => endPlatform(restored));
  const again = createClient(restored);

  expect(restored.apiKey).toBe(platform.apiKey);
  expect(await again.text(finished)).toBe(text);
  for (const id of before) {
    expect(await again.untilFinal(id)).toMatchObject({ status: "succeeded", pages: { total: 1, done: 1 } });
    expect(wordRecall(await again.text(id), receipt.truth)).toBeGreaterThan(0.9);
  }
  expect(await again.untilFinal(long)).toMatchObject({ status: "succeeded", pages: { total: PAGES, done: PAGES } });
  const { pages } = await again.result(long);
  for (const [index, page] of pages.entries()) expect(page.text).toContain(`hoja ${index + 1} `);

  // Redis was saved at one moment: of what came in meanwhile the earlier part is there, and the rest is not.
  const statuses = await Promise.all(during.map(async (id) => (await again.call(`/v1/documents/${id}`)).status));
  expect(statuses).toEqual(statuses.toSorted((a, b) => a - b));
  for (const [index, id] of during.entries())
    if (statuses[index] === 200) expect((await again.untilFinal(id)).status).toBe("succeeded");
  expect((await again.call(`/v1/documents/${afterwards}`)).status).toBe(404);
});

test("a backup or restore that cannot be says why, and leaves everything as it is", async () => {
  const home = join(folder, "nothing");
  await expect(runScript("backup", join(folder, "none"), home)).rejects.toThrow(`Lectura does not run in ${home}`);
  await expect(runScript("restore", join(folder, "none"), home)).rejects.toThrow("redis.rdb is missing");
});
