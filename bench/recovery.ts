import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Document } from "@lectura/contracts";
import type { Bench, BenchContext } from "./bench.ts";
import { positive } from "./options.ts";
import { createClient } from "./platform/client.ts";
import { startPlatform } from "./platform/platform.ts";
import { spread } from "./report/statistics.ts";
import { markdownTable } from "./report/table.ts";
import { repository } from "./repository.ts";

const VICTIMS = ["gateway", "auth", "ocr-api", "ocr-worker", "courier", "redis"];
const AGAIN_MS = 100;
/** So long a process has to live before the launcher starts it again at once. */
const CALM_MS = 31_000;

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({ args, options: { rounds: { type: "string", default: "2" } } });
  await using platform = await startPlatform(signal);
  const client = createClient(platform, signal);
  const page = await readFile(join(repository, "samples/recibo.jpg"));

  /** Tries until it works, as a client does whose service is away. */
  const persist = async <T>(work: () => Promise<T>): Promise<T> => {
    for (;;) {
      signal.throwIfAborted();
      try {
        return await work();
      } catch {
        await pause(AGAIN_MS);
      }
    }
  };
  const handIn = async (): Promise<Document> => persist(async () => client.submit(page, "spa"));
  const untilRead = async (document: Document): Promise<Document> => persist(async () => client.finished(document));

  await untilRead(await handIn());
  const idle = performance.now();
  await untilRead(await handIn());
  const undisturbed = (performance.now() - idle) / 1000;

  const seconds = new Map<string, number[]>();
  for (let round = 0; round < positive("rounds", values.rounds); round += 1) {
    for (const victim of VICTIMS) {
      const inWork = await handIn();
      while ((await client.look(inWork)).status === "queued") await pause(AGAIN_MS);
      const killed = performance.now();
      process.kill(await platform.pidNow(victim), "SIGKILL");
      await Promise.all([untilRead(inWork), handIn().then(untilRead)]);
      const took = (performance.now() - killed) / 1000;
      seconds.set(victim, [...(seconds.get(victim) ?? []), took]);
      console.error(`round ${round + 1}: ${victim} ${took.toFixed(1)} s`);
    }
    await pause(CALM_MS, undefined, { signal });
  }
  console.log("From kill -9 until a page that was in work and one handed in afterwards have both been read.");
  console.log(`One page alone, undisturbed: ${undisturbed.toFixed(1)} s.\n`);
  console.log(
    markdownTable(
      ["killed", "s"],
      [...seconds].map(([victim, times]) => [victim, spread(times, 1)]),
    ),
  );
};

/** How long the death of each process is felt. */
export const recovery: Bench = {
  usage: "recovery [--rounds 2]",
  does: "seconds from the kill -9 of each process until all is well again",
  minutes: 5,
  run,
};
