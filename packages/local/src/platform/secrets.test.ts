import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseApiKey } from "@lectura/contracts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readOrMakeSecrets } from "./secrets.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lectura-secrets-"));
  file = join(folder, "secrets.json");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("secrets are made once, whole, and only their owner may read them", async () => {
  const made = await readOrMakeSecrets(file);
  expect(parseApiKey(made.apiKey)).toBeDefined();
  expect(Buffer.from(made.keySecret, "base64url")).toHaveLength(32);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readOrMakeSecrets(file)).toEqual(made);
});

test("secrets that cannot be read are told of, not replaced: the data would be lost with them", async () => {
  await writeFile(file, '{"keySecret": "abc"}');
  await expect(readOrMakeSecrets(file)).rejects.toThrow(/secrets\.json cannot be read[^]*lectura reset/);
});
