import * as runtime from "@lectura/runtime";
import type { Redis } from "ioredis";

type ScriptName =
  | "create"
  | "claim-due"
  | "fetched"
  | "put-off-fetch"
  | "start"
  | "plan"
  | "settle-page"
  | "finish"
  | "bury"
  | "strike"
  | "take-in-hand"
  | "put-down"
  | "cancel"
  | "adopt"
  | "replay"
  | "forget-letter"
  | "claim-key"
  | "release-key";

/** Runs one of the Lua files beside `src`. */
export type RunScript = runtime.RunScript<ScriptName>;

/** Each file is run behind `emit.lua`, by which it tells the document's events. */
export const createRunScript = (redis: Redis): RunScript =>
  runtime.createRunScript(redis, new URL("../lua/", import.meta.url), { prelude: "emit" });
