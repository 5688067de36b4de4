import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ExplainedError } from "../explained-error.ts";
import { locateHome, repository } from "../platform/home.ts";
import { readLiveRun } from "../platform/run-file.ts";
import type { Command } from "./command.ts";

const redisUrlOf = (env: NodeJS.ProcessEnv): string => {
  const home = locateHome(env);
  const run = readLiveRun(home.runFile);
  if (!run) throw new ExplainedError("Lectura does not run here. Start it first: npx -y pnpm@12 start");
  const own = run.processes.find(({ name }) => name === "redis");
  return own ? `redis://127.0.0.1:${own.port}` : (env["REDIS_URL"] ?? "");
};

/** Hands over to auth's operator commands, with the Redis of the running platform. */
export const tenants: Command = {
  usage: "tenants add NAME",
  does: "makes a tenant and prints its first API key",
  run: async (args, { env }) => {
    const operator = spawn(process.execPath, [join(repository, "services/auth/src/operator.ts"), "tenants", ...args], {
      stdio: "inherit",
      env: { ...env, REDIS_URL: redisUrlOf(env) },
    });
    const [code]: (number | null)[] = await once(operator, "exit");
    return code ?? 1;
  },
};
