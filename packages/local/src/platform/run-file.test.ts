import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { identify, isAlive } from "../processes/process-identity.ts";
import { endLeftovers } from "./end-leftovers.ts";
import { claimHome, readLiveRun } from "./run-file.ts";

const URL_HERE = "http://127.0.0.1:8080";
const warnings: string[] = [];
const log = { info: () => {}, warn: (message: string) => warnings.push(message) };
let folder: string;
let file: string;
let left: ChildProcess;
let pid: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lectura-run-"));
  file = join(folder, "run.json");
  warnings.length = 0;
  left = spawn(process.execPath, ["-e", "console.log('up'); setInterval(() => {}, 1000)"], { detached: true });
  if (left.stdout) await once(left.stdout, "data");
  pid = left.pid ?? 0;
});
afterEach(async () => {
  left.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** What a launcher that was killed has left behind: its file, with a process that still runs. */
const leaveBehind = (processes: object[]): Promise<void> =>
  writeFile(file, JSON.stringify({ launcher: { pid: 4_000_000, born: "before" }, url: URL_HERE, processes }));

test("a home that has a launcher is refused to a second one, which learns where the first answers", () => {
  const claim = claimHome(file, URL_HERE);
  expect(() => claimHome(file, URL_HERE)).toThrow(
    `Lectura already runs here, at ${URL_HERE} (process ${process.pid}). End it with \`npx -y pnpm@12 lectura stop\``,
  );
  claim.release();
  expect(readLiveRun(file)).toBeUndefined();
});

test("a process is noted once by its name, its last start counts", () => {
  const claim = claimHome(file, URL_HERE);
  claim.note("auth", process.pid, 8081);
  claim.note("auth", pid, 8081);
  expect(readLiveRun(file)?.processes).toEqual([{ name: "auth", port: 8081, ...identify(pid) }]);
});

describe("after a launcher was killed", () => {
  test("its home can be taken, and what it left running is ended, and the log says so", async () => {
    const redis = { name: "redis", port: 4000, ...identify(pid) };
    await leaveBehind([redis]);
    const claim = claimHome(file, URL_HERE);
    expect(claim.leftovers).toEqual([redis]);
    await endLeftovers(claim.leftovers, log);
    expect(identify(pid)).toBeUndefined();
    expect(warnings).toEqual([`redis (process ${pid}) was left by a run that was killed; ending it`]);
  });

  test("a process that got the number of a left one is not touched", async () => {
    await leaveBehind([{ name: "redis", port: 4000, pid, born: "some other time" }]);
    const claim = claimHome(file, URL_HERE);
    expect(claim.leftovers).toEqual([]);
    expect(identify(pid)).toBeDefined();
  });

  test("what does not want to end is killed", async () => {
    left.kill("SIGKILL");
    left = spawn(
      process.execPath,
      ["-e", "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"],
      {
        detached: true,
      },
    );
    if (left.stdout) await once(left.stdout, "data");
    const stubborn = identify(left.pid ?? 0);
    if (!stubborn) return expect.unreachable("the process runs");
    await endLeftovers([{ name: "ocr-worker", ...stubborn }], log, 100);
    expect(isAlive(stubborn)).toBe(false);
  });

  test("a home whose file makes no sense can be taken", async () => {
    await writeFile(file, "{ half a fil");
    expect(claimHome(file, URL_HERE).leftovers).toEqual([]);
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ launcher: { pid: process.pid } });
  });
});
