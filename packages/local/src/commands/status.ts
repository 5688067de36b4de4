import { isAlive } from "../processes/process-identity.ts";
import { locateHome } from "../platform/home.ts";
import { readLiveRun } from "../platform/run-file.ts";
import { isReady } from "../platform/services.ts";
import { redisNotReadyBecause } from "../provide/ping-redis.ts";
import type { Command } from "./command.ts";

type Running = { name: string; port: number; pid: number; born: string };

const stateOf = async (process: Running): Promise<string> => {
  if (!isAlive(process)) return "died, is started again";
  const works =
    process.name === "redis"
      ? (await redisNotReadyBecause(`redis://127.0.0.1:${process.port}`)) === undefined
      : await isReady(process.port);
  return works ? "ready" : "not ready";
};

export const status: Command = {
  usage: "status",
  does: "tells what runs, on which port, and whether it is ready (exit code 0 when all is)",
  run: async (_args, { env, stdout }) => {
    const home = locateHome(env);
    const run = readLiveRun(home.runFile);
    if (!run) {
      stdout.write(`Lectura does not run in ${home.folder}. Start it: npx -y pnpm@12 start\n`);
      return 1;
    }
    const states = await Promise.all(run.processes.map(stateOf));
    stdout.write(`Lectura runs at ${run.url} (process ${run.launcher.pid}), data in ${home.folder}\n`);
    for (const [index, { name, port, pid }] of run.processes.entries())
      stdout.write(
        `  ${name.padEnd(10)}  port ${String(port).padEnd(5)}  process ${String(pid).padEnd(7)}  ${states[index]}\n`,
      );
    return states.every((state) => state === "ready") ? 0 : 1;
  },
};
