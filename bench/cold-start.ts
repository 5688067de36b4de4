import { parseArgs } from "node:util";
import type { Bench, BenchContext } from "./bench.ts";
import { positive } from "./options.ts";
import { startPlatform } from "./platform/platform.ts";
import { familyMemory } from "./platform/processes.ts";
import { spread } from "./report/statistics.ts";
import { markdownTable } from "./report/table.ts";

const MEGA = 1e6;

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({ args, options: { starts: { type: "string", default: "5" } } });
  const starts = positive("starts", values.starts);
  const seconds: number[] = [];
  const memory = new Map<string, number[]>();
  for (let start = 0; start < starts; start += 1) {
    await using platform = await startPlatform(signal);
    seconds.push(platform.readyAfter / 1000);
    for (const { name, pid } of platform.processes) {
      const megabytes = familyMemory(pid) / MEGA;
      memory.set(name, [...(memory.get(name) ?? []), megabytes]);
    }
  }
  console.log(`${starts} starts with empty data; median (lowest–highest)\n`);
  console.log(markdownTable(["from launching to every /readyz", "s"], [["Lectura", spread(seconds, 1)]]));
  console.log();
  const rows = [...memory].map(([name, megabytes]) => [name, spread(megabytes, 0)]);
  console.log(markdownTable(["resident when idle", "MB"], rows));
};

/** How long an installed platform takes to be ready, and what it occupies while it has nothing to do. */
export const coldStart: Bench = {
  usage: "cold-start [--starts 5]",
  does: "from launching to ready, and the memory of each service when idle",
  minutes: 5,
  run,
};
