import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import type { Bench, BenchContext } from "./bench.ts";
import { drawBlankImage } from "./blank-image.ts";
import { positive } from "./options.ts";
import { type Platform, startPlatform } from "./platform/platform.ts";
import { familyCpuSeconds, ownCpuSeconds } from "./platform/processes.ts";
import { median, percentile, spread, sum } from "./report/statistics.ts";
import { markdownTable } from "./report/table.ts";

const CLIENTS = 32;
const POLICIES = ["always", "everysec"] as const;
type Policy = (typeof POLICIES)[number];

interface Round {
  perSecond: number;
  milliseconds: number[];
  /** CPU seconds per submission, of the load generator and of each process of the platform. */
  cpu: Record<string, number>;
}

/** The leanest client that Node has: the load generator works on the same cores as the platform. */
const createSubmit = ({ url, apiKey }: Platform, bytes: Buffer, signal: AbortSignal) => {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const headers = { "x-api-key": apiKey, "content-length": bytes.length };
  const submit = (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const call = request(new URL("/v1/documents", url), { method: "POST", agent, headers, signal }, (answer) => {
      answer.resume();
      answer.once("error", reject);
      answer.once("end", () => {
        if (answer.statusCode === 202) resolve();
        else reject(new Error(`A submission was answered with ${answer.statusCode}.`));
      });
    });
    call.once("error", reject);
    call.end(bytes);
    return promise;
  };
  return { submit, [Symbol.dispose]: () => agent.destroy() };
};

const cpuByProcess = ({ pid, processes }: Platform): Map<string, number> => {
  const members = processes.map((each): [string, number] => [each.name, familyCpuSeconds(each.pid)]);
  const launcher = familyCpuSeconds(pid) - sum(members.map(([, cpu]) => cpu));
  return new Map([["load generator", ownCpuSeconds()], ["launcher", launcher], ...members]);
};

/** All clients submit one after the other for so long. */
const drive = async (platform: Platform, submit: () => Promise<void>, seconds: number): Promise<Round> => {
  const milliseconds: number[] = [];
  const before = cpuByProcess(platform);
  const began = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - began < seconds * 1000) {
      const sent = performance.now();
      await submit();
      milliseconds.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const elapsed = (performance.now() - began) / 1000;
  const after = cpuByProcess(platform);
  const spent = [...after].map(([name, cpu]) => [name, (cpu - (before.get(name) ?? 0)) / milliseconds.length] as const);
  return { perSecond: milliseconds.length / elapsed, milliseconds, cpu: Object.fromEntries(spent) };
};

const printRates = (rounds: Record<Policy, Round[]>): void => {
  const rows = POLICIES.map((policy) => {
    const all = rounds[policy];
    const times = all.flatMap((round) => round.milliseconds);
    const ratios = all.map((round, at) => round.perSecond / (rounds.always[at]?.perSecond ?? Number.NaN));
    return [
      `appendfsync ${policy}`,
      spread(
        all.map((round) => round.perSecond),
        0,
      ),
      spread(ratios, 2),
      percentile(times, 0.5).toFixed(0),
      percentile(times, 0.95).toFixed(0),
    ];
  });
  console.log(markdownTable(["", "submissions/s", "× always", "p50 ms", "p95 ms"], rows));
};

const printCpu = (rounds: Record<Policy, Round[]>): void => {
  const names = Object.keys(rounds.always[0]?.cpu ?? {});
  const cell = (policy: Policy, name: string): string =>
    (median(rounds[policy].map(({ cpu }) => cpu[name] ?? 0)) * 1000).toFixed(2);
  const rows = names.map((name) => [name, ...POLICIES.map((policy) => cell(policy, name))]);
  console.log(markdownTable(["CPU ms per submission", ...POLICIES], rows));
};

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: "string", default: "3" }, seconds: { type: "string", default: "6" } },
  });
  const seconds = positive("seconds", values.seconds);
  await using platform = await startPlatform(signal);
  const worker = platform.process("ocr-worker");
  const redis = new Redis(platform.process("redis").port, "127.0.0.1");
  using load = createSubmit(platform, await drawBlankImage(), signal);
  // Stopped, not ended: the launcher would start it again.
  process.kill(worker.pid, "SIGSTOP");
  try {
    // The code of every service is compiled while it warms up.
    await drive(platform, load.submit, seconds);
    const rounds: Record<Policy, Round[]> = { always: [], everysec: [] };
    for (let round = 0; round < positive("rounds", values.rounds); round += 1) {
      for (const policy of round % 2 === 0 ? POLICIES : POLICIES.toReversed()) {
        await redis.config("SET", "appendfsync", policy);
        const driven = await drive(platform, load.submit, seconds);
        rounds[policy].push(driven);
        console.error(`round ${round + 1}: appendfsync ${policy} ${driven.perSecond.toFixed(0)} submissions/s`);
      }
    }
    console.log(`200 KB each, ${CLIENTS} clients, workers off, rounds of ${seconds} s; median (lowest–highest)\n`);
    printRates(rounds);
    console.log();
    printCpu(rounds);
  } finally {
    redis.disconnect();
    process.kill(worker.pid, "SIGCONT");
  }
};

/** How many documents a second the platform takes in, and what their durability in Redis costs. */
export const submissions: Bench = {
  usage: "submissions [--rounds 3] [--seconds 6]",
  does: "submissions a second of 200 KB through the gateway, workers off, with Redis' AOF `always` and `everysec`",
  minutes: 5,
  run,
};
