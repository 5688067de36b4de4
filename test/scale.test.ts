import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { startS3Server } from "@lectura/storage/s3-server";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Client, createClient } from "./fixtures/client.ts";
import { longDocument } from "./fixtures/long-document.ts";
import { endPlatform, root, startPlatform, type TestPlatform } from "./fixtures/platform.ts";

const SECOND_WORKER_PORT = 18093;
const PAGES = 16;

let s3: Awaited<ReturnType<typeof startS3Server>>;
let platform: TestPlatform;
let client: Client;
let second: ChildProcess;

const metric = async (port: number, name: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const values = text.split("\n").filter((line) => line.startsWith(`${name}{`));
  return values.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
};

beforeAll(async () => {
  s3 = await startS3Server();
  platform = await startPlatform({ env: { ...s3.env, LECTURA_STORAGE: s3.url } });
  client = createClient(platform);
  const redis = (await platform.processes()).find(({ name }) => name === "redis");
  second = spawn(process.execPath, ["services/ocr-worker/src/main.ts"], {
    cwd: root,
    stdio: "ignore",
    env: {
      ...platform.env,
      HOST: "127.0.0.1",
      PORT: String(SECOND_WORKER_PORT),
      REDIS_URL: `redis://127.0.0.1:${redis?.port}`,
      LECTURA_WORKER_DIR: join(platform.home, "second-worker"),
    },
  });
  await vi.waitFor(
    async () => expect((await fetch(`http://127.0.0.1:${SECOND_WORKER_PORT}/readyz`)).status).toBe(200),
    { timeout: 60_000, interval: 100 },
  );
});
afterAll(async () => {
  second.kill("SIGKILL");
  await endPlatform(platform);
  await s3.close();
});

const submitLong = async (): Promise<string> =>
  (await client.submit(await longDocument(PAGES), { query: "?text_layer=ignore&languages=spa" })).id;

const expectInOrder = async (id: string): Promise<void> => {
  const document = await client.untilFinal(id);
  expect(document).toMatchObject({ status: "succeeded", pages: { total: PAGES, done: PAGES, failed: 0 } });
  const pages = (await client.text(id)).split("\f");
  expect(pages.map((text) => /hoja (\d+)/.exec(text)?.[1])).toEqual(
    Array.from({ length: PAGES }, (_, index) => `${index + 1}`),
  );
};

test("a long document in S3 is shared by two workers and put together in order", async () => {
  await expectInOrder(await submitLong());
  const worker = (await platform.processes()).find(({ name }) => name === "ocr-worker");
  const shares = [
    await metric((worker?.port ?? 0) + 1000, "ocr_pages_total"),
    await metric(SECOND_WORKER_PORT + 1000, "ocr_pages_total"),
  ];
  expect(shares.reduce((sum, share) => sum + share, 0)).toBe(PAGES);
  for (const share of shares) expect(share).toBeGreaterThan(0);
});

test("a worker told to stop in the middle of a document exits 0 and the others finish it", async () => {
  const id = await submitLong();
  await vi.waitFor(async () => expect((await client.read(id)).pages.done).toBeGreaterThan(0), {
    timeout: 60_000,
    interval: 50,
  });
  second.kill("SIGTERM");
  const [code]: (number | null)[] = await once(second, "exit");
  expect(code).toBe(0);
  await expectInOrder(id);
});
