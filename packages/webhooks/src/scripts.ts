import { readFileSync } from "node:fs";
import { createRunScript, type RunScript } from "@lectura/documents";
import type { Redis } from "ioredis";

type ScriptName = "fan-out" | "settle-delivery" | "replay-delivery" | "replace-secrets";
export type RunWebhookScript = RunScript<ScriptName>;

const text = (name: string): string => readFileSync(new URL(`../lua/${name}.lua`, import.meta.url), "utf8");

/** Runs one of the Lua files beside `src`; their headers say keys, arguments and guarantees. */
export const createRunWebhookScript = (redis: Redis): RunWebhookScript => createRunScript<ScriptName>(redis, text);
