import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";

type ScriptName =
  | "create"
  | "start"
  | "plan"
  | "settle-page"
  | "finish"
  | "bury"
  | "strike"
  | "cancel"
  | "adopt"
  | "replay"
  | "forget-letter"
  | "claim-key"
  | "release-key";

/** Runs one of the Lua files beside `src`; their headers say keys, arguments and guarantees. */
export type RunScript = (name: ScriptName, keys: string[], args: (string | number)[]) => Promise<unknown>;

const read = (name: string): string => readFileSync(new URL(`../lua/${name}.lua`, import.meta.url), "utf8");

/**
 * The text goes along every time, two kilobytes: by digest, the first call after a restart of Redis would take two trips
 * and could be overtaken by what was sent after it.
 */
export const createRunScript = (redis: Redis): RunScript => {
  const prelude = read("emit");
  const texts = new Map<ScriptName, string>();
  return async (name, keys, args) => {
    const text = texts.get(name) ?? prelude + read(name);
    texts.set(name, text);
    return redis.eval(text, keys.length, ...keys, ...args);
  };
};
