import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseEnv } from "node:util";
import { z } from "zod";
import { CannotRunError } from "../bench.ts";
import { repository } from "../repository.ts";

/** Out of the way of a platform that is in use. */
const DEFAULT_PORT = "28100";
const POLL_MS = 10;
const LAST_WORDS = 4000;

const LocalEnv = z.object({ LECTURA_URL: z.url(), LECTURA_API_KEY: z.string() });
const Run = z.object({ processes: z.array(z.object({ name: z.string(), pid: z.int(), port: z.int() })) });
type RunningProcess = z.infer<typeof Run>["processes"][number];

/** A whole platform, started as its user starts it, with data of its own. */
export interface Platform extends AsyncDisposable {
  url: string;
  apiKey: string;
  /** The launcher, from which all its processes descend. */
  pid: number;
  /** Redis and the services. */
  processes: RunningProcess[];
  process(name: string): RunningProcess;
  /** Of one that may have been started again. */
  pidNow(name: string): Promise<number>;
  /** Milliseconds from launching until everything was ready. */
  readyAfter: number;
}

const readOrNothing = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");

const environment = (home: string, own: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  // What is measured has its own Redis and storage, whatever this shell is set up for.
  const { REDIS_URL: _redis, LECTURA_STORAGE: _storage, ...env } = process.env;
  return { ...env, LECTURA_PORT: env["LECTURA_PORT"] || DEFAULT_PORT, LECTURA_HOME: home, ...own };
};

/** Starts a platform in a temporary home and waits until every service is ready; both are gone after disposal. */
export const startPlatform = async (signal: AbortSignal, env: NodeJS.ProcessEnv = {}): Promise<Platform> => {
  const home = await mkdtemp(join(tmpdir(), "lectura-bench-"));
  const began = performance.now();
  const launcher = spawn(process.execPath, ["packages/local/bin/lectura.mjs", "start"], {
    cwd: repository,
    env: environment(home, env),
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C is for this process, which then ends the platform in its own time.
    detached: true,
  });
  const ended = once(launcher, "close");
  let lastWords = "";
  for (const output of [launcher.stdout, launcher.stderr])
    output.on("data", (text: Buffer) => (lastWords = (lastWords + text.toString()).slice(-LAST_WORDS)));

  const stop = async (): Promise<void> => {
    launcher.kill();
    await ended;
    await rm(home, { recursive: true, force: true });
  };
  try {
    let localEnv = "";
    // Written once every /readyz has said yes.
    while (!(localEnv = await readOrNothing(join(home, "local.env")))) {
      signal.throwIfAborted();
      if (launcher.exitCode !== null) throw new CannotRunError(`The platform did not start:\n${lastWords}`);
      await pause(POLL_MS);
    }
    const readyAfter = performance.now() - began;
    const { LECTURA_URL: url, LECTURA_API_KEY: apiKey } = LocalEnv.parse(parseEnv(localEnv));
    const readRun = async (): Promise<RunningProcess[]> =>
      Run.parse(JSON.parse(await readOrNothing(join(home, "run.json")))).processes;
    const named = (name: string, among: RunningProcess[]): RunningProcess => {
      const found = among.find((each) => each.name === name);
      if (!found) throw new Error(`The platform runs no ${name}.`);
      return found;
    };
    const processes = await readRun();
    return {
      url,
      apiKey,
      pid: launcher.pid ?? 0,
      processes,
      process: (name) => named(name, processes),
      pidNow: async (name) => named(name, await readRun()).pid,
      readyAfter,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
