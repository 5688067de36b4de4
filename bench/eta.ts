import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Document, isFinal } from "@lectura/contracts";
import type { Bench, BenchContext } from "./bench.ts";
import { positive } from "./options.ts";
import { type Client, createClient } from "./platform/client.ts";
import { startPlatform } from "./platform/platform.ts";
import { median, percentile } from "./report/statistics.ts";
import { repository } from "./repository.ts";

const SAMPLES = ["carta.png", "recibo.jpg", "informe.pdf"] as const;
/** Below this the whole seconds of an estimate are coarser than what they say. */
const SHORTEST_MS = 3000;

interface Estimate {
  /** Milliseconds from the answer on. */
  said: number;
  at: number;
}

/** Asks every second until the document is final; how far off each estimate was, as a share of what was true. */
const errorsOf = async (client: Client, document: Document, signal: AbortSignal): Promise<number[]> => {
  const estimates: Estimate[] = [];
  let seen = document;
  while (!isFinal(seen.status)) {
    const eta = seen.queue?.eta_seconds;
    if (typeof eta === "number") estimates.push({ said: eta * 1000, at: performance.now() });
    await pause(1000, undefined, { signal });
    seen = await client.look(document);
  }
  const end = performance.now();
  return estimates
    .filter(({ at }) => end - at >= SHORTEST_MS)
    .map(({ said, at }) => Math.abs(said - (end - at)) / (end - at));
};

const share = (value: number): string => `${(100 * value).toFixed(0)} %`;

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({ args, options: { documents: { type: "string", default: "60" } } });
  const count = positive("documents", values.documents);
  await using platform = await startPlatform(signal);
  const client = createClient(platform, signal);
  const files = await Promise.all(SAMPLES.map(async (name) => readFile(join(repository, "samples", name))));
  const nth = (index: number): Buffer => files[index % files.length] ?? Buffer.alloc(0);

  // Until something was read nobody knows the pace.
  for (let warm = 0; warm < 6; warm += 1) await client.finished(await client.submit(nth(warm), "spa", 60));
  const errors: Promise<number[]>[] = [];
  for (let each = 0; each < count; each += 1) {
    errors.push(errorsOf(client, await client.submit(nth(each), "spa"), signal));
    await pause(300, undefined, { signal });
  }
  const all = (await Promise.all(errors)).flat();
  console.log(`${count} documents of ${SAMPLES.join(", ")} in turn, one every 0.3 s; asked for once a second.`);
  console.log(`\n${all.length} estimates of 3 s and more were off by ${share(median(all))} (median), `);
  console.log(`${share(percentile(all, 0.9))} (nine in ten at most).`);
};

/** How true `eta_seconds` is under a mixed load. */
export const eta: Bench = {
  usage: "eta [--documents 60]",
  does: "by how much eta_seconds is off, under more documents than the platform keeps up with",
  minutes: 15,
  run,
};
