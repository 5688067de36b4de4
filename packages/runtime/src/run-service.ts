import { ConfigError } from "./config.ts";
import type { Logger } from "./logger.ts";

/** Something started that must be closed again, by the name it has in the log. */
export interface Closeable {
  name: string;
  close(): Promise<unknown>;
}

const closeAll = async (log: Logger, parts: Closeable[]): Promise<boolean> => {
  let clean = true;
  for (const { name, close } of parts) {
    try {
      await close();
    } catch (err) {
      clean = false;
      log.error({ err, part: name }, "did not close cleanly");
    }
  }
  return clean;
};

/**
 * Runs a service until SIGTERM or SIGINT, then closes its parts in the order `start` lists them and exits 0.
 * `grace` (ms) bounds the closing; after it, or at a second signal, the process exits 1 with what is left undone.
 */
export const runService = async (options: {
  log: Logger;
  grace: number;
  start: () => Promise<Closeable[]>;
}): Promise<void> => {
  const { log } = options;
  const fail = (err: unknown, message: string): never => {
    log.fatal({ err }, message);
    process.exit(1);
  };
  process.on("uncaughtException", (err) => fail(err, "stopped by an error nobody caught"));
  process.on("unhandledRejection", (err) => fail(err, "stopped by a rejection nobody caught"));

  const parts = await options.start().catch((err: unknown) => fail(err, "cannot start"));
  log.info("started");

  const signal = await new Promise<string>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  log.info({ signal }, "stopping");
  process.once("SIGTERM", () => process.exit(1));
  process.once("SIGINT", () => process.exit(1));
  setTimeout(() => fail(undefined, "did not stop within its grace time"), options.grace).unref();
  const clean = await closeAll(log, parts);
  log.info("stopped");
  process.exit(clean ? 0 : 1);
};

/** Reads the configuration, or ends the process with one message that names every fault. */
export const configured = <Config>(read: () => Config): Config => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
};
