import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempDisposable } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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

interface Round {
  perSecond: number;
  milliseconds: number[];
  /** CPU seconds per submission, of the load generator and of each process of the platform. */
  cpu: Record<string, number>;
}

/** Where bytes are handed in, and whose work that is. */
interface Receiver {
  url: URL;
  headers: Record<string, string>;
  cpuByProcess: () => Map<string, number>;
}

const platformAsReceiver = ({ url, apiKey, pid, processes }: Platform): Receiver => ({
  url: new URL("/v1/documents", url),
  headers: { "x-api-key": apiKey },
  cpuByProcess: () => {
    const members = processes.map((each): [string, number] => [each.name, familyCpuSeconds(each.pid)]);
    const launcher = familyCpuSeconds(pid) - sum(members.map(([, cpu]) => cpu));
    return new Map([["load generator", ownCpuSeconds()], ["launcher", launcher], ...members]);
  },
});

/** A process that hashes and keeps what it gets, on the disk that the platform has. */
const startBareServer = async (): Promise<Receiver & AsyncDisposable> => {
  const folder = await mkdtempDisposable(join(tmpdir(), "lectura-bare-server-"));
  const program = fileURLToPath(new URL("baseline/bare-server.ts", import.meta.url));
  const child = spawn(process.execPath, [program, folder.path], { stdio: ["ignore", "pipe", "inherit"] });
  const { pid } = child;
  if (pid === undefined) throw new Error("The bare server did not start.");
  const [port] = await once(child.stdout, "data");
  return {
    url: new URL(`http://127.0.0.1:${String(port).trim()}/`),
    headers: {},
    cpuByProcess: () =>
      new Map([
        ["load generator", ownCpuSeconds()],
        ["bare server", familyCpuSeconds(pid)],
      ]),
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
      await folder.remove();
    },
  };
};

/** The leanest client that Node has: the load generator works on the same cores as the platform. */
const createSubmit = (receiver: Receiver, bytes: Buffer, signal: AbortSignal) => {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const headers = { ...receiver.headers, "content-length": bytes.length };
  const submit = (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const call = request(receiver.url, { method: "POST", agent, headers, signal }, (answer) => {
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

/** All clients submit one after the other for so long. */
const drive = async (receiver: Receiver, submit: () => Promise<void>, seconds: number): Promise<Round> => {
  const milliseconds: number[] = [];
  const before = receiver.cpuByProcess();
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
  const after = receiver.cpuByProcess();
  const spent = [...after].map(([name, cpu]) => [name, (cpu - (before.get(name) ?? 0)) / milliseconds.length] as const);
  return { perSecond: milliseconds.length / elapsed, milliseconds, cpu: Object.fromEntries(spent) };
};

const printRates = (rounds: Map<string, Round[]>): void => {
  const [first = []] = rounds.values();
  const rows = [...rounds].map(([name, all]) => {
    const times = all.flatMap((round) => round.milliseconds);
    const ratios = all.map((round, at) => round.perSecond / (first[at]?.perSecond ?? Number.NaN));
    return [
      name,
      spread(
        all.map((round) => round.perSecond),
        0,
      ),
      spread(ratios, 2),
      percentile(times, 0.5).toFixed(0),
      percentile(times, 0.95).toFixed(0),
    ];
  });
  console.log(markdownTable(["", "submissions/s", "× first", "p50 ms", "p95 ms"], rows));
};

const printCpu = (rounds: Map<string, Round[]>): void => {
  const names = new Set([...rounds.values()].flat().flatMap(({ cpu }) => Object.keys(cpu)));
  const rows = [...names].map((name) => [
    name,
    ...[...rounds.values()].map((all) => {
      const values = all.flatMap(({ cpu }) => cpu[name] ?? []);
      return values.length === 0 ? "–" : (median(values) * 1000).toFixed(2);
    }),
  ]);
  console.log(markdownTable(["CPU ms per submission", ...rounds.keys()], rows));
};

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: "string", default: "3" }, seconds: { type: "string", default: "6" } },
  });
  const seconds = positive("seconds", values.seconds);
  await using platform = await startPlatform(signal);
  await using bare = await startBareServer();
  const lectura = platformAsReceiver(platform);
  const worker = platform.process("ocr-worker");
  const redis = new Redis(platform.process("redis").port, "127.0.0.1");
  const image = await drawBlankImage();
  using toBare = createSubmit(bare, image, signal);
  using toLectura = createSubmit(lectura, image, signal);
  const contenders = [
    { name: "a bare server", drive: () => drive(bare, toBare.submit, seconds) },
    ...POLICIES.map((policy) => ({
      name: `Lectura, appendfsync ${policy}`,
      drive: async () => {
        await redis.config("SET", "appendfsync", policy);
        return drive(lectura, toLectura.submit, seconds);
      },
    })),
  ];
  // Stopped, not ended: the launcher would start it again.
  process.kill(worker.pid, "SIGSTOP");
  try {
    // The code of every service is compiled while it warms up.
    for (const contender of contenders.slice(0, 2)) await contender.drive();
    const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
    for (let round = 0; round < positive("rounds", values.rounds); round += 1) {
      for (const { name, drive: driveOnce } of round % 2 === 0 ? contenders : contenders.toReversed()) {
        const driven = await driveOnce();
        rounds.get(name)?.push(driven);
        console.error(`round ${round + 1}: ${name} ${driven.perSecond.toFixed(0)} submissions/s`);
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

/** How many documents a second the platform takes in, against a bare server, and what their durability in Redis costs. */
export const submissions: Bench = {
  usage: "submissions [--rounds 3] [--seconds 6]",
  does: "submissions a second of 200 KB through the gateway, workers off, with Redis' AOF `always` and `everysec`, against a bare server",
  minutes: 5,
  run,
};
