import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout that this file belongs to. */
export const repository = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");

/** Downloads of the machine, not state of a platform: shared by every home and kept by `reset`. */
export const toolsDir = join(repository, ".lectura", "tools");

/** Where one platform keeps everything it has. */
export interface Home {
  folder: string;
  redisDir: string;
  dataDir: string;
  workDir: string;
  logDir: string;
  secretsFile: string;
  runFile: string;
  localEnvFile: string;
}

/** `LECTURA_HOME`, or `.lectura` in the checkout. */
export const locateHome = (env: NodeJS.ProcessEnv): Home => {
  const folder = resolve(env["LECTURA_HOME"] || join(repository, ".lectura"));
  return {
    folder,
    redisDir: join(folder, "redis"),
    dataDir: join(folder, "data"),
    workDir: join(folder, "work"),
    logDir: join(folder, "log"),
    secretsFile: join(folder, "secrets.json"),
    runFile: join(folder, "run.json"),
    localEnvFile: join(folder, "local.env"),
  };
};
