import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createDocumentStore, createKeys, createWorkers } from "@lectura/documents";
import { createProducer } from "@lectura/queue";
import { createStorage } from "@lectura/storage";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { threePageScan } from "./fixtures/documents.ts";
import { takeIn } from "./fixtures/take-in.ts";

// The worker names its keys itself: a database of its own keeps this platform apart from others in this Redis.
const DATABASE = "/15";
const METRICS_OFFSET = 1000;

const redisUrl = new URL(DATABASE, process.env["REDIS_URL"] ?? "redis://127.0.0.1").href;
const folder = await mkdtempDisposable(join(tmpdir(), "lectura-worker-main-test-"));
const storageUrl = pathToFileURL(join(folder.path, "storage")).href;
const scratch = join(folder.path, "scratch");

let redis: Redis;
beforeAll(() => {
  if (!process.env["REDIS_URL"]) throw new Error("REDIS_URL is not set. Run the tests by `npx pnpm@12 test`.");
  redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
});
afterAll(async () => {
  redis.disconnect();
  await folder.remove();
});

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
};

/** The worker as it is run for real. */
const startProcess = async () => {
  const port = await freePort();
  const register = fileURLToPath(new URL("../../../packages/telemetry/src/register.ts", import.meta.url));
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const child = spawn(process.execPath, [`--import=${register}`, main], {
    env: {
      ...process.env,
      HOST: "127.0.0.1",
      PORT: String(port),
      REDIS_URL: redisUrl,
      LECTURA_STORAGE: storageUrl,
      LECTURA_WORKER_DIR: scratch,
      LECTURA_WORKER_SLOTS: "1",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const messages: unknown[] = [];
  const output = createInterface({ input: child.stdout }).on("line", (line) => messages.push(JSON.parse(line).message));
  while (!messages.includes("started")) await Promise.race([once(output, "line"), ended]);
  return {
    url: `http://127.0.0.1:${port}`,
    metricsUrl: `http://127.0.0.1:${port + METRICS_OFFSET}/metrics`,
    stop: async (): Promise<{ code: unknown; messages: unknown[] }> => {
      child.kill("SIGTERM");
      const [code]: unknown[] = await ended;
      return { code, messages };
    },
  };
};

it("a worker that is told to stop drains and exits 0, and the next one goes on where it was", async () => {
  const storage = createStorage(storageUrl);
  const documents = createDocumentStore({ redis });
  const workers = createWorkers(redis, createKeys("lectura"));
  const producer = createProducer({ connection: redis });
  const first = await startProcess();

  expect(await (await fetch(`${first.url}/readyz`)).json()).toEqual({ status: "ok", unavailable: [] });
  expect(await (await fetch(`${first.url}/version`)).json()).toMatchObject({ service: "ocr-worker" });
  const announced = (await workers.present())[0];
  expect(announced).toMatchObject({ slots: 1, engine: expect.stringContaining("tesseract") });

  const { document: id } = await takeIn({ storage, documents, producer }, await threePageScan());
  await vi.waitFor(async () => expect(await documents.read(id)).toMatchObject({ status: "processing" }), {
    timeout: 30_000,
    interval: 5,
  });

  const { code, messages } = await first.stop();
  expect(code).toBe(0);
  expect(messages.slice(-2)).toEqual(["stopping", "stopped"]);
  expect(await workers.present()).toEqual([]);
  expect(existsSync(scratch)).toBe(false);

  const second = await startProcess();
  await vi.waitFor(
    async () => expect(await documents.read(id)).toMatchObject({ status: "succeeded", done: 3, failed: 0 }),
    {
      timeout: 50_000,
    },
  );
  expect(await (await fetch(second.metricsUrl)).text()).toContain("ocr_page_duration_seconds");
  expect((await second.stop()).code).toBe(0);
  await producer.close();
});
