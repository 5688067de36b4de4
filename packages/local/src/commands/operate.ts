import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ExplainedError } from "../explained-error.ts";
import { type Home, locateHome, repository } from "../platform/home.ts";
import { readLiveRun } from "../platform/run-file.ts";
import { readOrMakeSecrets } from "../platform/secrets.ts";
import type { Command } from "./command.ts";

const redisUrlOf = (home: Home, env: NodeJS.ProcessEnv): string => {
  const run = readLiveRun(home.runFile);
  if (!run) throw new ExplainedError("Lectura does not run here. Start it first: npx -y pnpm@12 start");
  const own = run.processes.find(({ name }) => name === "redis");
  return own ? `redis://127.0.0.1:${own.port}` : (env["REDIS_URL"] ?? "");
};

/** Hands over to auth's operator commands, with the Redis and the secret of the running platform. */
const operate = (subject: string, verbs: string, does: string): Command => ({
  usage: `${subject} ${verbs}`,
  does,
  run: async (args, { env }) => {
    const home = locateHome(env);
    const REDIS_URL = redisUrlOf(home, env);
    const LECTURA_KEY_SECRET = env["LECTURA_KEY_SECRET"] || (await readOrMakeSecrets(home.secretsFile)).keySecret;
    const operator = spawn(process.execPath, [join(repository, "services/auth/src/operator.ts"), subject, ...args], {
      stdio: "inherit",
      env: { ...env, REDIS_URL, LECTURA_KEY_SECRET },
    });
    const [code]: (number | null)[] = await once(operator, "exit");
    return code ?? 1;
  },
});

export const tenants = operate(
  "tenants",
  "add|list|limit|limits …",
  "makes a tenant and prints its first API key; lists them; their own limits",
);
export const users = operate("users", "add|list|reset|remove …", "the users of a tenant, with their one-time tokens");
export const keys = operate(
  "keys",
  "add|list|remove|rotate|replace …",
  "API keys of a tenant; the key that signs tokens, the next one",
);
