import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { parseApiKey, TokenAnswer } from "@lectura/contracts";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { endPlatform, root, startPlatform, type TestPlatform } from "./fixtures/platform.ts";

const CALLS_A_SECOND = 200;
const TICK_MS = 50;
/** The shortest that an operator may choose: verifiers ask for an unknown key every 30 s. */
const LEAD_S = "31";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform({ env: { LECTURA_KEY_LEAD: LEAD_S } });
});
afterAll(() => endPlatform(platform));

const newToken = async (): Promise<string> => {
  const { id = "", secret = "" } = parseApiKey(platform.apiKey) ?? {};
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: id, client_secret: secret });
  const answer = await fetch(`${platform.url}/oauth/token`, { method: "POST", body });
  return TokenAnswer.parse(await answer.json()).access_token;
};

/** Calls that go on all the time, by key, by the first token and by the newest one; what became of them, by status. */
const startLoad = (first: string) => {
  const statuses: Record<number, number> = {};
  const running = new Set<Promise<void>>();
  let newest = first;
  let turn = 0;
  const call = async (): Promise<void> => {
    turn += 1;
    const credential = [
      { "x-api-key": platform.apiKey },
      { authorization: `Bearer ${first}` },
      { authorization: `Bearer ${newest}` },
    ][turn % 3];
    const { status, body } = await fetch(`${platform.url}/v1/limits`, { headers: { ...credential } });
    await body?.cancel();
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  const timer = setInterval(() => {
    for (let count = 0; count < (CALLS_A_SECOND * TICK_MS) / 1000; count += 1) {
      const one = call().finally(() => running.delete(one));
      running.add(one);
    }
  }, TICK_MS);
  return {
    statuses,
    use: (token: string): void => void (newest = token),
    stop: async (): Promise<void> => {
      clearInterval(timer);
      await Promise.all(running);
    },
  };
};

test("a rotation of the signing key under 200 calls a second refuses nobody", async () => {
  const first = await newToken();
  const load = startLoad(first);
  const { stdout } = await promisify(execFile)(process.execPath, ["packages/local/bin/lectura.mjs", "keys", "rotate"], {
    cwd: root,
    env: platform.env,
  });
  const [, next = ""] = /^LECTURA_SIGNING_KEY=(.*)$/m.exec(stdout) ?? [];
  const nextSigns = async (): Promise<void> => {
    const token = await newToken();
    load.use(token);
    expect(decodeProtectedHeader(token).kid).toBe(next);
  };
  await vi.waitFor(nextSigns, { timeout: 120_000, interval: 500 });
  const before = load.statuses[200] ?? 0;
  // Both keys' tokens are in use from here on; a gateway's memory of a verified one lasts 10 s.
  await vi.waitFor(() => expect(load.statuses[200]).toBeGreaterThan(before + 15 * CALLS_A_SECOND), {
    timeout: 120_000,
  });
  await load.stop();
  expect(Object.keys(load.statuses), JSON.stringify(load.statuses)).toEqual(["200"]);
  expect(decodeProtectedHeader(first).kid).not.toBe(next);
});
