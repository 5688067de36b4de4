import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { providePromtool } from "./promtool.ts";
import { runProgram } from "./run-program.ts";

let folder: string;
const said: string[] = [];
const log = { info: (message: string) => said.push(message), warn: (message: string) => said.push(message) };
const env = { PATH: "" };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lectura-promtool-"));
});
beforeEach(() => said.splice(0));
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the distribution's promtool is unpacked once, and nothing but the program is kept", async () => {
  const toolsDir = join(folder, "tools");
  const program = await providePromtool({ toolsDir, log, env });
  if (!program) return expect.unreachable(said.join("\n"));
  expect(await runProgram(program, ["--version"])).toMatch(/^promtool, version 2\./);
  expect(await readdir(toolsDir)).toEqual(["promtool"]);
  expect(await providePromtool({ toolsDir, log, env, systemFolders: [] })).toBe(program);
  expect(said).toEqual(["unpacking prometheus for this project, once (nothing is installed)"]);
});

test("a promtool on PATH comes first", async () => {
  const bin = join(folder, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "promtool"), "#!/bin/sh\n");
  await chmod(join(bin, "promtool"), 0o755);
  expect(await providePromtool({ toolsDir: join(folder, "unused"), log, env: { PATH: bin } })).toBe(
    join(bin, "promtool"),
  );
});

test("without one to find or to unpack, one line says that the rules are not tested", async () => {
  expect(await providePromtool({ toolsDir: join(folder, "none"), log, env, systemFolders: [] })).toBeUndefined();
  expect(said).toEqual([
    "promtool cannot be had, the alert rules are not tested: this system has no apt-get and dpkg-deb",
  ]);
});
