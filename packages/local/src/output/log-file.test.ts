import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLogFile } from "./log-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lectura-log-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a log goes on where the run before ended", async () => {
  for (const line of ["first run", "second run"]) {
    const log = openLogFile(folder, "auth");
    log.append(line);
    log.close();
  }
  expect(await readFile(join(folder, "auth.log"), "utf8")).toBe("first run\nsecond run\n");
});

test("a log never takes more than two files' worth, and the last lines are there", async () => {
  const log = openLogFile(folder, "auth", 10);
  for (let line = 1; line <= 100; line += 1) log.append(`line ${line}`);
  log.close();
  expect(await readdir(folder)).toEqual(["auth.log", "auth.log.1"]);
  const text =
    (await readFile(join(folder, "auth.log.1"), "utf8")) + (await readFile(join(folder, "auth.log"), "utf8"));
  expect(text).toMatch(/line 99\nline 100\n$/);
  expect(text.length).toBeLessThan(40);
});
