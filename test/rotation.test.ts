import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { fetchToken } from "./fixtures/client.ts";
import { endPlatform, root, startPlatform, type TestPlatform } from "./fixtures/platform.ts";
import { startSteadyLoad } from "./fixtures/steady-load.ts";

/** The shortest that an operator may choose: verifiers ask for an unknown key every 30 s. */
const LEAD_S = "31";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform({ env: { LECTURA_KEY_LEAD: LEAD_S } });
});
afterAll(() => endPlatform(platform));

test("a rotation of the signing key under 200 calls a second refuses nobody", async () => {
  const first = await fetchToken(platform);
  const load = startSteadyLoad(platform, 200);
  load.use(first);
  const { stdout } = await promisify(execFile)(process.execPath, ["packages/local/bin/lectura.mjs", "keys", "rotate"], {
    cwd: root,
    env: platform.env,
  });
  const [, next = ""] = /^LECTURA_SIGNING_KEY=(.*)$/m.exec(stdout) ?? [];
  const nextSigns = async (): Promise<void> => {
    const token = await fetchToken(platform);
    load.use(token);
    expect(decodeProtectedHeader(token).kid).toBe(next);
  };
  await vi.waitFor(nextSigns, { timeout: 120_000, interval: 500 });
  // Both keys' tokens are in use from here on; a gateway's memory of a verified one lasts 10 s.
  await load.goOn(15);
  await load.stop();
  expect(Object.keys(load.statuses), JSON.stringify(load.statuses)).toEqual(["200"]);
  expect(decodeProtectedHeader(first).kid).not.toBe(next);
});
