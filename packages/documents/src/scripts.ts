import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";

type ScriptName = "create" | "start" | "plan" | "settle-page" | "finish" | "bury" | "strike";

/** Runs one of the Lua files beside `src`; their headers say keys, arguments and guarantees. */
export type RunScript = (name: ScriptName, keys: string[], args: (string | number)[]) => Promise<unknown>;

const load = (name: ScriptName): { text: string; sha: string } => {
  const text = readFileSync(new URL(`../lua/${name}.lua`, import.meta.url), "utf8");
  return { text, sha: createHash("sha1").update(text).digest("hex") };
};

const isUnknownScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith("NOSCRIPT");

/** Scripts are sent once by text and from then on by digest; a restarted Redis gets the text again. */
export const createRunScript = (redis: Redis): RunScript => {
  const scripts = new Map<ScriptName, { text: string; sha: string }>();
  return async (name, keys, args) => {
    const script = scripts.get(name) ?? load(name);
    scripts.set(name, script);
    try {
      return await redis.evalsha(script.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return redis.eval(script.text, keys.length, ...keys, ...args);
    }
  };
};
