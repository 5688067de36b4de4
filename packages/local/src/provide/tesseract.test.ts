import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toolsDir } from "../platform/home.ts";
import { provideTesseract } from "./tesseract.ts";

let folder: string;
const said: string[] = [];
const log = { info: (message: string) => said.push(message), warn: (message: string) => said.push(message) };
const {
  LECTURA_TESSERACT_LIBRARY: _library,
  LECTURA_TESSDATA: _tessdata,
  LD_LIBRARY_PATH: _path,
  ...env
} = process.env;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lectura-tesseract-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("Spanish and English come with a Tesseract that runs", async () => {
  const tesseract = await provideTesseract({ toolsDir, log, env });
  expect(tesseract).toBeDefined();
  if (!tesseract?.program) return expect.unreachable("there is no program");
  const { stdout } = await promisify(execFile)(tesseract.program, ["--list-langs"], {
    env: { LD_LIBRARY_PATH: tesseract.libraryPath, TESSDATA_PREFIX: tesseract.tessdata },
  });
  expect(stdout).toMatch(/^eng$[^]*^spa$/m);
  expect(await readdir(tesseract.tessdata)).toEqual(expect.arrayContaining(["eng.traineddata", "spa.traineddata"]));
});

test("a Tesseract that the user names is taken as it is", async () => {
  const named = { LECTURA_TESSERACT_LIBRARY: "/opt/libtesseract.so.5", LECTURA_TESSDATA: "/opt/tessdata" };
  expect(await provideTesseract({ toolsDir, log, env: { ...env, ...named } })).toMatchObject({
    library: "/opt/libtesseract.so.5",
    tessdata: "/opt/tessdata",
  });
});

test("without one to find or to unpack, one line says that tesseract.js does the work", async () => {
  said.length = 0;
  // An empty tree stands for a system without packages.
  const tesseract = await provideTesseract({ toolsDir: folder, log, env, systemFolders: [], system: folder });
  expect(tesseract).toBeUndefined();
  expect(said).toEqual([
    "native Tesseract cannot be had, the slower tesseract.js is used: this system has no apt-get and dpkg-deb",
  ]);
});
