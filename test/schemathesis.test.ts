import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { endPlatform, startPlatform, type TestPlatform } from "./fixtures/platform.ts";
import { runSchemathesis } from "./fixtures/schemathesis.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => endPlatform(platform));

/** What is not asked of the answers, and why. */
const LEFT_OUT = {
  // A schema cannot say which cursors a list has given, which languages are installed, what lies in the future or which
  // addresses are public: such values are refused as they should be, though the schema allows them.
  positive_data_acceptance: "valid by its schema, and refused",
};
/** A test takes as long as it takes; this one would go on for an hour. */
const SECONDS = 120;

test("Schemathesis finds nothing in what openapi.json promises", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "lectura-schemathesis-"));
  const { code, said } = await runSchemathesis(
    [
      `${platform.url}/openapi.json`,
      `--header=X-API-Key: ${platform.apiKey}`,
      "--phases=coverage,fuzzing",
      "--max-examples=10",
      // The same calls in every run, so that a finding can be repeated.
      "--generation-deterministic",
      "--continue-on-failure",
      `--exclude-checks=${Object.keys(LEFT_OUT).join(",")}`,
      `--max-time=${SECONDS}`,
      "--request-timeout=75",
    ],
    folder.path,
  );
  expect(said).toMatch(/^ {2}Tested: (\d+)$/m);
  expect(said).toMatch(/Coverage/);
  expect(code, said).toBe(0);
});
