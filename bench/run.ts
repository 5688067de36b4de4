// Runs one benchmark: npx -y pnpm@12 bench NAME. What each of them has shown is in README.md.
import { accuracy } from "./accuracy.ts";
import { type Bench, CannotRunError } from "./bench.ts";
import { coldStart } from "./cold-start.ts";
import { engine } from "./engine.ts";
import { eta } from "./eta.ts";
import { formats } from "./formats.ts";
import { interference } from "./interference.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { pdf } from "./pdf.ts";
import { recovery } from "./recovery.ts";
import { redisMemory } from "./redis-memory.ts";
import { describeMachine } from "./report/machine.ts";
import { submissions } from "./submissions.ts";
import { throughput } from "./throughput.ts";
import { uploads } from "./uploads.ts";

const benches: Record<string, Bench> = {
  throughput,
  latency,
  submissions,
  uploads,
  recovery,
  "redis-memory": redisMemory,
  interference,
  eta,
  accuracy,
  engine,
  "cold-start": coldStart,
  pdf,
  formats,
  memory,
};

const usage = (): string => {
  const lines = Object.values(benches).map((bench) => `  ${bench.usage}\n      ${bench.does}`);
  return `Usage: npx -y pnpm@12 bench NAME [OPTIONS]\n\n${lines.join("\n")}\n\nLECTURA_CORPUS names the corpus, LECTURA_PORT the first of the platform's ports.`;
};

/** Ctrl-C, a kill, or the time being over; what runs then is ended in order. */
const endSignal = (minutes: number): AbortSignal => {
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(name, () => interrupted.abort(new CannotRunError("Interrupted.")));
  const timer = setTimeout(
    () => interrupted.abort(new CannotRunError(`Not done after ${minutes} minutes: given up.`)),
    minutes * 60_000,
  );
  timer.unref();
  return interrupted.signal;
};

const isWrongOption = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

const main = async ([name = "", ...args]: string[]): Promise<number> => {
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (!bench) {
    console.error(usage());
    return 2;
  }
  const signal = endSignal(bench.minutes);
  try {
    console.log(`${await describeMachine()}\n`);
    await bench.run({ args, signal });
    return 0;
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (isWrongOption(reason)) {
      console.error(`${reason.message}\n\n${usage()}`);
      return 2;
    }
    if (!(reason instanceof CannotRunError)) throw reason;
    console.error(reason.message);
    return 1;
  }
};

process.exitCode = await main(process.argv.slice(2));
