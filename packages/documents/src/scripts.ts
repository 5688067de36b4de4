import * as runtime from "@lectura/runtime";
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

/** Runs one of the Lua files beside `src`. */
export type RunScript = runtime.RunScript<ScriptName>;

export const createRunScript = (redis: Redis): RunScript =>
  runtime.createRunScript(redis, new URL("../lua/", import.meta.url));
