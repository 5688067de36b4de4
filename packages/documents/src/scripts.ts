import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";

type ScriptName = "claim-due" | "fetched" | "create" | "start" | "plan" | "settle-page" | "finish" | "bury" | "strike";

/** Runs one of the Lua files of a folder; their headers say keys, arguments and guarantees. */
export type RunScript<Name extends string = ScriptName> = (
  name: Name,
  keys: string[],
  args: (string | number)[],
) => Promise<unknown>;

const text = (name: string): string => readFileSync(new URL(`../lua/${name}.lua`, import.meta.url), "utf8");
const ours = (name: string): string => text("owe") + text(name);

/**
 * The text goes along every time, a kilobyte: by digest, the first call after a restart of Redis would take two trips
 * and could be overtaken by what was sent after it. `read` is for packages with Lua files of their own.
 */
export const createRunScript = <Name extends string = ScriptName>(redis: Redis, read = ours): RunScript<Name> => {
  const texts = new Map<Name, string>();
  return async (name, keys, args) => {
    const script = texts.get(name) ?? read(name);
    texts.set(name, script);
    return redis.eval(script, keys.length, ...keys, ...args);
  };
};
