import { mkdir } from "node:fs/promises";
import { ExplainedError } from "../explained-error.ts";
import type { Log } from "../output/log.ts";
import type { ProcessSpec } from "../processes/child.ts";
import { supervise } from "../processes/supervise.ts";
import { SYSTEM_FOLDERS } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import { redisNotReadyBecause } from "./ping-redis.ts";
import { findRedisServer } from "./redis-roads.ts";

export interface RedisOptions {
  /** Folder of its own for the append-only file. */
  dataDir: string;
  /** Where the distribution's package is unpacked, and found again. */
  toolsDir: string;
  log: Log;
  /** A free one when left out. */
  port?: number;
  /** `always` (default): an answered write survives the machine's sudden end. */
  appendfsync?: "always" | "everysec" | "no";
  env?: NodeJS.ProcessEnv;
  systemFolders?: readonly string[];
}

/** Redis that is run by somebody else (`REDIS_URL`), or the process that is to be run here. */
export interface RedisPlan {
  url: string;
  own?: { port: number; spec: ProcessSpec };
}

const planForeign = async (url: string): Promise<RedisPlan> => {
  const reason = await redisNotReadyBecause(url);
  if (reason === undefined) return { url };
  throw new ExplainedError(
    `The Redis that REDIS_URL names does not answer: ${reason}. Start it, correct REDIS_URL, or unset it to have Lectura run its own.`,
  );
};

/** Decides which Redis it will be, without starting it. */
export const planRedis = async (options: RedisOptions): Promise<RedisPlan> => {
  const { dataDir, env = process.env, appendfsync = "always", systemFolders = SYSTEM_FOLDERS, log } = options;
  if (env["REDIS_URL"]) return planForeign(env["REDIS_URL"]);
  const server = await findRedisServer({ ...options, env, systemFolders });
  await mkdir(dataDir, { recursive: true });
  const port = options.port ?? (await freePort());
  const url = `redis://127.0.0.1:${port}`;
  log.info(`Redis: ${server.found}, port ${port}`);
  const durable = [
    "--appendonly",
    "yes",
    "--appendfsync",
    appendfsync,
    "--save",
    "",
    "--maxmemory-policy",
    "noeviction",
  ];
  const spec: ProcessSpec = {
    name: "redis",
    ...server.commandFor(port, durable),
    cwd: dataDir,
    notReadyBecause: (signal) => redisNotReadyBecause(url, signal),
  };
  return { url, own: { port, spec } };
};

/** A running Redis for tests and benchmarks: the same search and settings as the platform's own; ends with `close`. */
export const provideRedis = async (options: RedisOptions): Promise<{ url: string; close(): Promise<void> }> => {
  const { url, own } = await planRedis(options);
  if (!own) return { url, close: () => Promise.resolve() };
  const advice = `Its data is in ${options.dataDir}.`;
  const redis = supervise(own.spec, { log: options.log, onLine: () => {}, advice });
  try {
    await redis.ready;
  } catch (error) {
    await redis.stop();
    throw error;
  }
  return { url, close: () => redis.stop() };
};
