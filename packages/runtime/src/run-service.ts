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

const quit = (): never => process.exit(1);

/**
 * Runs a service until SIGTERM or SIGINT, then closes its parts in the order `start` lists them and exits 0.
 * `grace` (ms) bounds the closing; after it, at a second signal, or at a signal while it still starts, the process
 * exits 1 with what is left undone.
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
  let onSignal: (signal: string) => void = quit;
  process.on("uncaughtException", (err) => fail(err, "stopped by an error nobody caught"));
  process.on("unhandledRejection", (err) => fail(err, "stopped by a rejection nobody caught"));

  // Without a handler, process 1 of a container would not even hear the signal while it starts.
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => onSignal(signal));
  const parts = await options.start().catch((err: unknown) => fail(err, "cannot start"));
  log.info("started");

  const signal = await new Promise<string>((resolve) => {
    onSignal = resolve;
  });
  log.info({ signal }, "stopping");
  onSignal = quit;
  setTimeout(() => fail(undefined, "did not stop within its grace time"), options.grace);
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
