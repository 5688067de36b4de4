import { mkdir, rm } from "node:fs/promises";
import { endLeftovers } from "../platform/end-leftovers.ts";
import { locateHome } from "../platform/home.ts";
import { claimHome } from "../platform/run-file.ts";
import type { Command } from "./command.ts";

export const reset: Command = {
  usage: "reset",
  does: "removes all documents, accounts, keys and logs of this platform; downloads stay",
  run: async (_args, { env, stdout }) => {
    const home = locateHome(env);
    await mkdir(home.folder, { recursive: true, mode: 0o700 });
    const claim = claimHome(home.runFile, "");
    await endLeftovers(claim.leftovers, { info: () => {}, warn: (message) => stdout.write(`${message}\n`) });
    const parts = [home.redisDir, home.dataDir, home.workDir, home.logDir, home.secretsFile, home.localEnvFile];
    for (const part of parts) await rm(part, { recursive: true, force: true });
    claim.release();
    stdout.write(`Removed the documents, accounts, keys and logs in ${home.folder}.\n`);
    const foreign = ["REDIS_URL", "LECTURA_STORAGE"].filter((name) => env[name]);
    if (foreign.length > 0)
      stdout.write(`What ${foreign.join(" and ")} point to is not Lectura's own and was left as it is.\n`);
    return 0;
  },
};
