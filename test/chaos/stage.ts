import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import { Redis } from "ioredis";
import { endPlatform, root, startPlatform, type TestPlatform } from "../fixtures/platform.ts";
import { createClient, type ChaosClient } from "./client.ts";
import type { Journal } from "./journal.ts";
import { makeKinds } from "./kinds.ts";
import { startFileServer, startReceiver } from "./outside.ts";
import type { Random } from "./random.ts";
import { startSecondWorker } from "./second-worker.ts";
import { hasRooms, inSmallRoom, openSmallRoom } from "./small-room.ts";

/** More than a run stores, little enough to be filled within a moment. */
const ROOM_MEGABYTES = 600;
const TENANTS = ["ana", "bruno", "carla"];

export interface ChaosTenant {
  name: string;
  client: ChaosClient;
}

const addTenant = async (platform: TestPlatform, name: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["packages/local/bin/lectura.mjs", "tenants", "add", name],
    { cwd: root, env: platform.env },
  );
  return parseEnv(stdout)["LECTURA_API_KEY"] ?? "";
};

const startRoomy = async () => {
  const home = await mkdtemp(join(tmpdir(), "lectura-chaos-"));
  const folder = join(home, "data");
  const roomy = await hasRooms();
  const platform = await startPlatform({
    home,
    env: { LECTURA_COURIER_ALLOW: "127.0.0.1" },
    under: roomy ? inSmallRoom(folder, ROOM_MEGABYTES) : [],
  });
  const room = roomy ? openSmallRoom(platform.launcher.pid ?? 0, folder) : undefined;
  return { platform, room, storage: room?.path ?? folder };
};

/** A whole platform with a second worker, its tenants, and what it meets outside. */
export const setStage = async ({ random, journal, over }: { random: Random; journal: Journal; over: AbortSignal }) => {
  const kinds = await makeKinds();
  const { platform, room, storage } = await startRoomy();
  if (!room) journal.note("this machine gives no mounts of one's own: storage is neither full nor read-only");
  const receiver = await startReceiver(random.branch("receiver"));
  const files = await startFileServer(kinds, random.branch("files"));
  const second = await startSecondWorker(platform, room);
  const tenants: ChaosTenant[] = [];
  for (const name of TENANTS) {
    const apiKey = await addTenant(platform, name);
    tenants.push({ name, client: createClient({ url: platform.url, apiKey }, { journal, over }) });
  }
  return {
    platform,
    room,
    /** The folder of the storage, as it is seen from here. */
    storage,
    kinds,
    receiver,
    files,
    tenants,
    /** Everything that can be struck, as it is now. */
    processes: async (): Promise<{ name: string; pid: number }[]> => [
      ...(await platform.processes()),
      { name: "second worker", pid: second.pid() },
    ],
    /** A connection for one look. */
    withRedis: async <T>(work: (redis: Redis) => Promise<T>): Promise<T> => {
      const port = (await platform.processes()).find(({ name }) => name === "redis")?.port ?? 0;
      const redis = new Redis(port, "127.0.0.1", { lazyConnect: true, retryStrategy: () => null });
      redis.on("error", () => {});
      try {
        await redis.connect();
        return await work(redis);
      } finally {
        redis.disconnect();
      }
    },
    clear: async (): Promise<void> => {
      await second.stop();
      await receiver.close();
      await files.close();
      await endPlatform(platform);
    },
  };
};
export type Stage = Awaited<ReturnType<typeof setStage>>;
