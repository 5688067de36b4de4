import { setTimeout as pause } from "node:timers/promises";
import { enginesOf } from "../fixtures/engines.ts";
import { until } from "../fixtures/until.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";

export const VICTIMS = ["gateway", "auth", "ocr-api", "ocr-worker", "second worker", "courier", "redis"];

/** Something that goes wrong, and is over by itself. */
export interface Trouble {
  name: string;
  /** Resolves when it is over; false when there was nothing to strike just now. */
  strike(random: Random): Promise<boolean>;
}

/** False when the process has just ended by itself. */
const signalTo = (pid: number | undefined, signal: NodeJS.Signals): boolean => {
  if (!pid) return false;
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
};

const standStill = async (pid: number, milliseconds: number): Promise<boolean> => {
  if (!signalTo(pid, "SIGSTOP")) return false;
  await pause(milliseconds);
  return signalTo(pid, "SIGCONT");
};

/** A process that gets on with a fifth of its time: to its neighbours it looks like a network that is slow. */
const crawl = async (pid: number, milliseconds: number): Promise<boolean> => {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    if (!(await standStill(pid, 80))) return false;
    await pause(20);
  }
  return true;
};

/** A victim that is down comes back within this time; what is struck has to be there. */
const BACK_SECONDS = 30;

const ofProcesses = ({ processes }: Stage): Trouble[] => {
  const pidOf = async (victim: string): Promise<number> =>
    (await processes()).find(({ name }) => name === victim)?.pid ?? 0;
  const send = async (victim: string, signal: NodeJS.Signals): Promise<boolean> =>
    until(async () => signalTo(await pidOf(victim), signal), BACK_SECONDS);
  return VICTIMS.flatMap((victim) => [
    { name: `kill -9 ${victim}`, strike: async () => send(victim, "SIGKILL") },
    { name: `restart ${victim}`, strike: async () => send(victim, "SIGTERM") },
    {
      name: `stop ${victim}`,
      strike: async (random) => standStill(await pidOf(victim), random.between(1000, 20_000)),
    },
    {
      name: `slow down ${victim}`,
      strike: async (random) => crawl(await pidOf(victim), random.between(1000, 5000)),
    },
  ]);
};

const ofEngines = ({ processes }: Stage): Trouble => ({
  name: "kill -9 an engine process",
  strike: async (random) => {
    const workers = (await processes()).filter(({ name }) => name.endsWith("worker"));
    const engines = await enginesOf(workers.map(({ pid }) => pid));
    return engines.length > 0 && signalTo(random.pick(engines), "SIGKILL");
  },
});

/** What is read-only cannot be filled, and what is being filled cannot be made read-only. */
const ofStorage = ({ room }: Stage): Trouble[] => {
  if (!room) return [];
  let struck = false;
  const alone =
    (begin: () => Promise<boolean>, end: () => Promise<void>): Trouble["strike"] =>
    async (random) => {
      if (struck) return false;
      struck = true;
      try {
        if (!(await begin())) return false;
        await pause(random.between(1000, 8000));
        await end();
        return true;
      } finally {
        struck = false;
      }
    };
  const fill = async (): Promise<boolean> => {
    await room.fill();
    return true;
  };
  return [
    { name: "storage full", strike: alone(fill, room.makeSpace) },
    { name: "storage read-only", strike: alone(room.lock, room.unlock) },
  ];
};

/** False when it is down: it comes back without a limit, which is not in its file. */
const limitMemory = async ({ withRedis }: Stage, bytes: number): Promise<boolean> =>
  withRedis(async (redis) => redis.config("SET", "maxmemory", bytes)).then(
    () => true,
    () => false,
  );

const ofMemory = (stage: Stage): Trouble => ({
  name: "Redis out of memory",
  strike: async (random) => {
    if (!(await limitMemory(stage, 1_000_000))) return false;
    await pause(random.between(1000, 8000));
    await limitMemory(stage, 0);
    return true;
  },
});

/** All that can go wrong here. */
export const troublesOf = (stage: Stage): Trouble[] => [
  ...ofProcesses(stage),
  ...ofStorage(stage),
  ofEngines(stage),
  ofMemory(stage),
];
