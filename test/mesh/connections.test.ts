import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { podOf } from "./fixtures/kubectl.ts";
import { probe } from "./fixtures/probers.ts";

const run = promisify(execFile);

/** The connections between two pods as their proxies hold them, with their timers, as `ss` prints them. */
const socketsBetween = async (from: string, to: string, port: number): Promise<string[]> => {
  const { stdout } = await run("bash", [
    "-c",
    `for pid in $(pgrep -x envoy); do nsenter -t "$pid" -n ss -Htno src ${from} dst ${to} dport = :${port}; done`,
  ]);
  return stdout.split("\n").filter((line) => line.startsWith("ESTAB"));
};

test("a proxy asks a silent connection to Redis whether it is still there", async () => {
  const [prober, redis] = [await podOf("app=prober,account=auth"), await podOf("app=redis")];
  // A connection of our own: those of the services may be older than what the mesh says today.
  const held = probe("auth", [{ host: "redis", port: 6379, line: "PING", hold: 6000 }]);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const sockets = await socketsBetween(prober.status.podIP, redis.status.podIP, 6379);
  await held;
  expect(sockets).toHaveLength(1);
  expect(sockets[0]).toContain("timer:(keepalive");
});
