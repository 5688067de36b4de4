import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { repository } from "./platform/home.ts";
import { claimHome } from "./platform/run-file.ts";

const systemNode = "/usr/bin/node";
const systemVersion = await promisify(execFile)(systemNode, ["--version"]).then(
  ({ stdout }) => Number(/v(\d+)/.exec(stdout)?.[1]),
  () => 24,
);
const program = join(repository, "packages/local/bin/lectura.mjs");
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "lectura-home-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

const lectura = async (args: string[], options: { node?: string[]; env?: NodeJS.ProcessEnv } = {}): Promise<Ended> => {
  const child = spawn(process.execPath, [...(options.node ?? []), program, ...args], {
    env: { ...process.env, LECTURA_HOME: home, INIT_CWD: home, ...options.env },
  });
  const ended: Ended = { code: -1, stdout: "", stderr: "" };
  child.stdout.on("data", (text) => (ended.stdout += text));
  child.stderr.on("data", (text) => (ended.stderr += text));
  const [code]: number[] = await once(child, "close");
  return { ...ended, code: code ?? -1 };
};

describe("a Node that is too old", () => {
  test("is told so in one message that says what to do", async () => {
    const pretend = `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.9.0" } })`;
    const { code, stderr, stdout } = await lectura(["start"], { node: [`--import=${pretend}`] });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^Lectura needs Node 24 or newer, and this is Node 20\.9\.0\.\n[^]*npx -y pnpm@12 start\n/);
  });

  test.runIf(systemVersion < 24)("can run the program far enough to say it", async () => {
    await expect(promisify(execFile)(systemNode, [program, "start"])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Lectura needs Node 24"),
    });
  });
});

describe("the commands", () => {
  test("are listed when none or an unknown one is given", async () => {
    expect(await lectura([])).toMatchObject({ code: 0, stdout: expect.stringContaining("start [FILE…]") });
    expect(await lectura(["constructor"])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^There is no command "constructor"\.\n\nUsage: /),
    });
  });

  test("start says which file is missing before anything is started", async () => {
    expect(await lectura(["start", "no.pdf"])).toEqual({
      code: 1,
      stdout: "",
      stderr: `\nno.pdf does not exist. Nothing was started (looked in ${home}).\n`,
    });
  });

  test("start explains a LECTURA_PORT that cannot be", async () => {
    const { code, stderr } = await lectura(["start"], { env: { LECTURA_PORT: "http" } });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('LECTURA_PORT is "http"') });
  });

  test("status and stop say that nothing runs", async () => {
    expect(await lectura(["status"])).toMatchObject({ code: 1, stdout: expect.stringContaining("does not run in") });
    expect(await lectura(["stop"])).toMatchObject({ code: 0, stdout: expect.stringContaining("does not run in") });
  });

  test("reset refuses while the platform runs, and works when it does not", async () => {
    const claim = claimHome(join(home, "run.json"), "http://127.0.0.1:8080");
    expect(await lectura(["reset"])).toMatchObject({ code: 1, stderr: expect.stringContaining("already runs here") });
    claim.release();
    expect(await lectura(["reset"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Removed the documents"),
    });
  });
});
