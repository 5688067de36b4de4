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
  | "claim-key"
  | "release-key";

/** Runs one of the Lua files beside `src`; their headers say keys, arguments and guarantees. */
export type RunScript = (name: ScriptName, keys: string[], args: (string | number)[]) => Promise<unknown>;

/**
 * The text goes along every time, a kilobyte: by digest, the first call after a restart of Redis would take two trips
 * and could be overtaken by what was sent after it.
 */
export const createRunScript = (redis: Redis): RunScript => {
  const texts = new Map<ScriptName, string>();
  return async (name, keys, args) => {
    const text = texts.get(name) ?? readFileSync(new URL(`../lua/${name}.lua`, import.meta.url), "utf8");
    texts.set(name, text);
    return redis.eval(text, keys.length, ...keys, ...args);
  };
};
