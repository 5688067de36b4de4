import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { watchMemory } from "./watch-memory.ts";

const MEGABYTE = 1024 * 1024;

it.skipIf(process.platform !== "linux")("a process that goes on taking memory is told of, with the limit", async () => {
  const eat = "const held = []; setInterval(() => held.push(Buffer.alloc(20_000_000, 1)), 20);";
  const eater = spawn(process.execPath, ["--eval", eat]);
  const stopped = Promise.withResolvers<string>();
  const watch = watchMemory({ pid: eater.pid ?? 0, bytes: 300 * MEGABYTE, stop: stopped.resolve });
  expect(await stopped.promise).toBe("It took more than 315 MB of memory.");
  watch.close();
  eater.kill("SIGKILL");
});
