import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repository } from "../platform/home.ts";
import { requireFreePorts } from "../platform/ports.ts";
import { readLiveRun, type Run } from "../platform/run-file.ts";
import { servicesAt } from "../platform/services.ts";
import { isAlive } from "../processes/process-identity.ts";

const { REDIS_URL: _shared, LECTURA_STORAGE: _storage, ...outer } = process.env;
const letter = join(repository, "samples/carta.png");
let home: string;
let env: NodeJS.ProcessEnv;

/** A port that has room for all services above it, and below those that the system gives away while a platform is down. */
const roomyPort = async (): Promise<number> => {
  for (;;) {
    const base = randomInt(20_000, 32_000);
    const isFree = await requireFreePorts(servicesAt(base)).then(
      () => true,
      () => false,
    );
    if (isFree) return base;
  }
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "lectura-start-"));
  env = { ...outer, LECTURA_HOME: home, LECTURA_PORT: String(await roomyPort()) };
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** Runs `lectura` with what it says at hand, line by line. */
const lectura = (...args: string[]) => {
  const child = spawn(process.execPath, ["packages/local/bin/lectura.mjs", ...args], {
    cwd: repository,
    env,
  });
  const said: string[] = [];
  const news = new EventEmitter();
  let stdout = "";
  child.stdout.on("data", (text) => (stdout += text));
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => {
      said.push(line);
      news.emit("line");
    });
  const ended = once(child, "close").then(([code]: (number | null)[]) => ({ code, stdout, said: said.join("\n") }));
  void ended.then(() => news.emit("line"));
  const until = async (text: string): Promise<void> => {
    while (!said.some((line) => line.includes(text))) {
      if (child.exitCode !== null) throw new Error(`It ended without saying "${text}":\n${said.join("\n")}`);
      await once(news, "line");
    }
  };
  return { child, ended, until };
};

const run = (): Run => {
  const live = readLiveRun(join(home, "run.json"));
  if (!live) throw new Error("The platform does not run.");
  return live;
};
const processOf = (name: string) => run().processes.find((process) => process.name === name)?.pid ?? 0;

describe("start", () => {
  let platform: ReturnType<typeof lectura>;

  test("runs the platform, says where it answers and how to call it, and notes both for programs", async () => {
    platform = lectura("start");
    await platform.until("curl -H");
    const url = `http://127.0.0.1:${env["LECTURA_PORT"]}`;
    const localEnv = join(home, "local.env");
    expect(await readFile(localEnv, "utf8")).toMatch(new RegExp(`^LECTURA_URL=${url}\nLECTURA_API_KEY=lk_\\S+\n$`));
    expect((await stat(localEnv)).mode & 0o777).toBe(0o600);
    expect((await fetch(`${url}/docs`)).status).toBe(200);
    const { code, stdout } = await lectura("status").ended;
    expect(code).toBe(0);
    expect(stdout.match(/ready$/gm)).toHaveLength(6);
  });

  test("a second time in the same folder says where the first one answers", async () => {
    const { code, said } = await lectura("start").ended;
    expect(code).toBe(1);
    expect(said).toContain(`Lectura already runs here, at http://127.0.0.1:${env["LECTURA_PORT"]}`);
  });

  test.for(["gateway", "redis"])("brings back %s when it is killed, and says so", async (name) => {
    process.kill(processOf(name), "SIGKILL");
    await platform.until(`${name} died (signal SIGKILL); starting it again in 0.2 s`);
    await platform.until(`${name} is back`);
  });

  test("with files uses the platform that runs, prints their texts in order and leaves it running", async () => {
    const { code, stdout, said } = await lectura("start", letter, join(repository, "samples/carta.txt"), letter).ended;
    expect(said).toContain("carta.png  1 of 1 page done");
    expect(said).toContain("carta.txt  failed: This kind of file cannot be read.");
    expect(stdout.match(/^Administradora$/gm)).toHaveLength(2);
    expect(stdout).not.toContain("carta.png");
    expect(code).toBe(1);
    expect(run().processes).toHaveLength(6);
  });

  test("stops everything in order at Ctrl-C, with exit code 0", async () => {
    const { processes } = run();
    platform.child.kill("SIGINT");
    const { code, said } = await platform.ended;
    expect(code).toBe(0);
    expect(said).toMatch(
      /gateway +stopped[^]*ocr-api +stopped[^]*ocr-worker stopped[^]*auth +stopped[^]*lectura +stopped/,
    );
    expect(processes.filter(isAlive)).toEqual([]);
  });
});

test("start with files starts the platform for them and stops it afterwards", async () => {
  const { code, stdout, said } = await lectura("start", letter).ended;
  expect(said).toContain("starting the platform");
  expect(stdout).toMatch(/^Administradora$/m);
  expect(code).toBe(0);
  expect(readLiveRun(join(home, "run.json"))).toBeUndefined();
});

test("a launcher that is killed takes its processes along, and the next start works", async () => {
  const platform = lectura("start");
  await platform.until("curl -H");
  const { processes } = run();
  platform.child.kill("SIGKILL");
  await platform.ended;
  await expect.poll(() => processes.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  const again = lectura("start");
  await again.until("curl -H");
  expect(await lectura("stop").ended).toMatchObject({ code: 0, stdout: "Lectura has stopped.\n" });
  expect((await again.ended).code).toBe(0);
});

test("whoever asks twice does not wait for a service that hangs", async () => {
  const platform = lectura("start");
  await platform.until("curl -H");
  const { processes } = run();
  process.kill(processOf("ocr-api"), "SIGSTOP");
  await expect
    .poll(() => (platform.child.kill("SIGINT"), platform.child.exitCode), { timeout: 20_000, interval: 100 })
    .toBe(130);
  await expect.poll(() => processes.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});
