import { mkdtempDisposable, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findPpocr, providePpocr } from "./ppocr.ts";

test("the models are fetched once, checked by their digests, and nothing else is kept", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "lectura-ppocr-"));
  expect(findPpocr(folder.path)).toBeUndefined();
  const models = await providePpocr({ toolsDir: folder.path, env: process.env });
  expect((await readdir(models)).toSorted()).toEqual(["PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"]);
  expect(await readdir(folder.path)).toEqual(["ppocr"]);
  expect(findPpocr(folder.path)).toBe(models);
  // A second time it needs nothing of the world.
  expect(await providePpocr({ toolsDir: folder.path, env: { PATH: "" } })).toBe(models);
});
