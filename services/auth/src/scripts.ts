import * as runtime from "@lectura/runtime";
import type { Redis } from "ioredis";

type ScriptName = "add-signing-key" | "add-user" | "change-role" | "remove-user" | "redeem-token" | "rotate-session";

/** Runs one of the Lua files beside `src`. */
export type RunScript = runtime.RunScript<ScriptName>;

export const createRunScript = (redis: Redis): RunScript =>
  runtime.createRunScript(redis, new URL("../lua/", import.meta.url));
