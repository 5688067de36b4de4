import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";

type ScriptName = "claim-due" | "fetched" | "create" | "start" | "plan" | "settle-page" | "finish" | "bury" | "strike";

/** Runs one of the Lua files of a folder; their headers say keys, arguments and guarantees. */
export type RunScript<Name extends string = ScriptName> = (
  name: Name,
  keys: string[],
  args: (string | number)[],
) => Promise<unknown>;

/**
 * The text goes along every time, a kilobyte: by digest, the first call after a restart of Redis would take two trips
 * and could be overtaken by what was sent after it.
 */
export const createRunScript = <Name extends string = ScriptName>(
  redis: Redis,
  folder = new URL("../lua/", import.meta.url),
): RunScript<Name> => {
  const texts = new Map<Name, string>();
  return async (name, keys, args) => {
    const text = texts.get(name) ?? readFileSync(new URL(`${name}.lua`, folder), "utf8");
    texts.set(name, text);
    return redis.eval(text, keys.length, ...keys, ...args);
  };
};
