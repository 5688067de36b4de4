import { setTimeout as pause } from "node:timers/promises";
import { ExplainedError } from "../explained-error.ts";
import { askToEnd } from "../processes/signal-process.ts";
import { isAlive } from "../processes/process-identity.ts";
import { locateHome } from "../platform/home.ts";
import { readLiveRun } from "../platform/run-file.ts";
import type { Command } from "./command.ts";

const POLL_MS = 50;
/** Five parts, each with 30 s of grace, and a little. */
const PATIENCE_MS = 160_000;

export const stop: Command = {
  usage: "stop",
  does: "ends the platform that runs here and waits until it has ended",
  run: async (_args, { env, stdout }) => {
    const home = locateHome(env);
    const run = readLiveRun(home.runFile);
    if (!run) {
      stdout.write(`Lectura does not run in ${home.folder}.\n`);
      return 0;
    }
    askToEnd(run.launcher.pid);
    const deadline = performance.now() + PATIENCE_MS;
    while (isAlive(run.launcher)) {
      if (performance.now() > deadline)
        throw new ExplainedError(
          `Process ${run.launcher.pid} does not end. End it by force: kill -9 ${run.launcher.pid}`,
        );
      await pause(POLL_MS);
    }
    stdout.write("Lectura has stopped.\n");
    return 0;
  },
};
