import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { root, type TestPlatform } from "../fixtures/platform.ts";
import { until } from "../fixtures/until.ts";
import type { SmallRoom } from "./small-room.ts";

const PORT = 18093;
const AGAIN_MS = 500;

/** What the platform's own worker was told: so both read with the same engine. */
const environmentOf = async (pid: number): Promise<NodeJS.ProcessEnv> =>
  Object.fromEntries(
    (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0").map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );

/** A worker beside the platform's, which takes over what that one leaves, and is started again when it dies. */
export const startSecondWorker = async (platform: TestPlatform, room: SmallRoom | undefined) => {
  const first = (await platform.processes()).find(({ name }) => name === "ocr-worker");
  const env = {
    ...(await environmentOf(first?.pid ?? 0)),
    PORT: String(PORT),
    LECTURA_WORKER_DIR: join(platform.home, "second-worker"),
  };
  const stopping = new AbortController();
  let living: ChildProcess;
  const begin = (): void => {
    const main = join(root, "services/ocr-worker/src/main.ts");
    const [program, ...args] = room ? [...room.enter, process.execPath] : [process.execPath];
    living = spawn(program, [...args, main], { cwd: root, env, stdio: "ignore" });
  };
  const keepAlive = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      begin();
      await once(living, "exit");
      await pause(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const over = keepAlive();
  const isReady = async (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${PORT}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  if (!(await until(isReady, 60))) throw new Error("the second worker did not get ready");
  return {
    pid: (): number => living.pid ?? 0,
    stop: async (): Promise<void> => {
      stopping.abort();
      living.kill("SIGKILL");
      await over;
    },
  };
};
