import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkFiles } from "./check-files.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lectura-files-"));
  await writeFile(join(folder, "una carta.png"), "");
  await mkdir(join(folder, "scans"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("files are found from the folder that the user is in", async () => {
  expect(await checkFiles(["una carta.png"], folder)).toEqual([join(folder, "una carta.png")]);
});

test("every file that cannot be read is named, and that nothing was started", async () => {
  await expect(checkFiles(["una carta.png", "no.png", "scans"], folder)).rejects.toThrow(
    `no.png does not exist; scans is not a file. Nothing was started (looked in ${folder}).`,
  );
});
