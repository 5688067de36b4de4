import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem } from "@lectura/contracts";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { hasRooms, inSmallRoom, openSmallRoom, type SmallRoom } from "./chaos/small-room.ts";
import { type Client, createClient, sample } from "./fixtures/client.ts";
import { longDocument } from "./fixtures/long-document.ts";
import { endPlatform, startPlatform, type TestPlatform } from "./fixtures/platform.ts";

const MEGABYTES = 100;
const PAGES = 12;
const roomy = await hasRooms();

let platform: TestPlatform;
let room: SmallRoom;
let redis: Redis;
let client: Client;
let letter: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "lectura-full-"));
  const folder = join(home, "data");
  platform = await startPlatform({ home, under: roomy ? inSmallRoom(folder, MEGABYTES) : [] });
  room = openSmallRoom(platform.launcher.pid ?? 0, folder);
  redis = new Redis((await platform.processes()).find(({ name }) => name === "redis")?.port ?? 0, "127.0.0.1");
  client = createClient(platform);
  letter = (await sample("carta.png")).bytes;
});
afterAll(async () => {
  redis.disconnect();
  await endPlatform(platform);
});

const takenUp = async (): Promise<string> => {
  const { id } = await client.submit(await longDocument(PAGES), { query: "?text_layer=ignore&languages=spa" });
  await vi.waitFor(async () => expect((await client.read(id)).pages.done).toBeGreaterThan(0), { timeout: 120_000 });
  return id;
};
const submission = async (): Promise<Response> => client.call("/v1/documents", { method: "POST", body: letter });
const expectRefused = async (): Promise<void> => {
  const answer = await submission();
  expect([answer.status, Problem.parse(await answer.json()).code]).toEqual([503, "overloaded"]);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(5);
};
const expectWell = async (id: string): Promise<void> => {
  expect(await client.untilFinal(id)).toMatchObject({ status: "succeeded", pages: { done: PAGES, failed: 0 } });
  await vi.waitFor(async () => expect((await submission()).status).toBe(202), { timeout: 60_000 });
};

// Some machines give a process no mounts of its own.
test.runIf(roomy)(
  "with the storage full to the last byte new work is refused, and what was taken in ends well",
  async () => {
    const id = await takenUp();
    await room.fill();
    await expectRefused();
    expect((await client.read(id)).status).toBe("processing");
    await room.makeSpace();
    await expectWell(id);
  },
);

test("before Redis is full new work is refused, while what was taken in goes on", async () => {
  const id = await takenUp();
  const used = Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
  await redis.config("SET", "maxmemory", Math.round(used / 0.95));
  await vi.waitFor(expectRefused, { timeout: 5000 });
  await client.untilFinal(id);
  await redis.config("SET", "maxmemory", 0);
  await expectWell(id);
});

test("with Redis full nothing is lost: documents can be deleted, and all goes on when there is room again", async () => {
  const id = await takenUp();
  const { id: unwanted } = await client.submit(letter);
  await redis.config("SET", "maxmemory", 1);
  await vi.waitFor(expectRefused, { timeout: 5000 });
  await client.call(`/v1/documents/${unwanted}`, { method: "DELETE" });
  expect((await client.call(`/v1/documents/${unwanted}`)).status).toBe(410);
  expect((await client.read(id)).status).toBe("processing");
  await redis.config("SET", "maxmemory", 0);
  await expectWell(id);
});
