import { createRunScript, type RunScript } from "@lectura/runtime";
import type { Redis } from "ioredis";

type ScriptName = "fan-out" | "settle-delivery" | "replay-delivery" | "replace-secrets";
export type RunWebhookScript = RunScript<ScriptName>;

/** Runs one of the Lua files beside `src`; their headers say keys, arguments and guarantees. */
export const createRunWebhookScript = (redis: Redis): RunWebhookScript =>
  createRunScript<ScriptName>(redis, new URL("../lua/", import.meta.url));
