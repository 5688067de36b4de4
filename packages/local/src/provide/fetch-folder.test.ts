import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchFolder } from "./fetch-folder.ts";

let toolsDir: string;
beforeEach(async () => {
  toolsDir = await mkdtemp(join(tmpdir(), "lectura-fetch-"));
});
afterEach(() => rm(toolsDir, { recursive: true }));

const fetchTo = async (scratch: string): Promise<string> => {
  const folder = join(scratch, "made");
  await mkdir(folder);
  await writeFile(join(folder, "file"), "here");
  return folder;
};

test("two that fetch the same folder at once both get it, and no scratch stays", async () => {
  const both = await Promise.all([fetchFolder(toolsDir, "models", fetchTo), fetchFolder(toolsDir, "models", fetchTo)]);
  for (const folder of both) expect(await readFile(join(folder, "file"), "utf8")).toBe("here");
  expect(await readdir(toolsDir)).toEqual(["models"]);
});

test("a folder that is there is not fetched again", async () => {
  await fetchFolder(toolsDir, "models", fetchTo);
  const again = fetchFolder(toolsDir, "models", () => Promise.reject(new Error("fetched again")));
  await expect(again).resolves.toBe(join(toolsDir, "models"));
});

test("a fetch that fails leaves nothing", async () => {
  const failed = fetchFolder(toolsDir, "models", async (scratch) => {
    await fetchTo(scratch);
    throw new Error("broken off");
  });
  await expect(failed).rejects.toThrow("broken off");
  expect(await readdir(toolsDir)).toEqual([]);
});
