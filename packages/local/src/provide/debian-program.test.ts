import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { provideDebianProgram } from "./debian-program.ts";

let folder: string;
const said: string[] = [];
const log = { info: (message: string) => said.push(message), warn: (message: string) => said.push(message) };
const xmllint = { program: "xmllint", package: "libxml2-utils", log };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lectura-program-"));
});
beforeEach(() => said.splice(0));
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the distribution's program is unpacked once and runs with its libraries", async () => {
  const options = { ...xmllint, toolsDir: join(folder, "tools"), env: { PATH: "" } };
  const run = await provideDebianProgram(options);
  if (!run) return expect.unreachable(said.join("\n"));
  await writeFile(join(folder, "well-formed.xml"), "<a/>");
  expect(await run([join(folder, "well-formed.xml")])).toContain("<a/>");
  expect(await provideDebianProgram({ ...options, systemFolders: [] })).toBeDefined();
  expect(said).toEqual(["unpacking libxml2-utils for this project, once (nothing is installed)"]);
});

test("a program on PATH comes first", async () => {
  const bin = join(folder, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "xmllint"), "#!/bin/sh\necho mine $1\n");
  await chmod(join(bin, "xmllint"), 0o755);
  const run = await provideDebianProgram({ ...xmllint, toolsDir: join(folder, "unused"), env: { PATH: bin } });
  expect(await run?.(["file"])).toBe("mine file\n");
});

test("without one to find or to unpack, one line says that something is not tested", async () => {
  const options = { ...xmllint, toolsDir: join(folder, "none"), env: { PATH: "" }, systemFolders: [] };
  expect(await provideDebianProgram(options)).toBeUndefined();
  expect(said).toEqual(["xmllint cannot be had, what needs it is not tested: this system has no apt-get and dpkg-deb"]);
});
