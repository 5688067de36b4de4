import { mkdtempDisposable, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { provideTesseractLibrary } from "./tesseract-library.ts";

test("the faster library is fetched once, with what it needs, and nothing else is kept", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "lectura-tesserocr-"));
  const library = await provideTesseractLibrary({ toolsDir: folder.path, env: process.env });
  expect(library).toMatch(/libtesseract-\w+\.so\.5\.\d+\.\d+$/);
  expect(await readdir(folder.path)).toEqual(["tesserocr"]);
  // A second time it needs nothing of the world.
  expect(await provideTesseractLibrary({ toolsDir: folder.path, env: { PATH: "" } })).toBe(library);
});
