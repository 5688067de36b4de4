import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { podOf } from "./fixtures/kubectl.ts";

const run = promisify(execFile);

/** The proxies' connections to a pod, with their timers, as `ss` prints them; not those of the pod's own proxy. */
const socketsTo = async (address: string, port: number): Promise<string[]> => {
  const { stdout } = await run("bash", [
    "-c",
    `for pid in $(pgrep -x envoy); do nsenter -t "$pid" -n ss -Htno dst ${address} dport = :${port}; done`,
  ]);
  return stdout.split("\n").filter((line) => line.startsWith("ESTAB") && !line.includes(" 127.0.0.6:"));
};

test("the proxies ask silent connections to Redis whether they are still there", async () => {
  const { status } = await podOf("app=redis");
  const sockets = await socketsTo(status.podIP, 6379);
  expect(sockets.length).toBeGreaterThan(0);
  for (const socket of sockets) expect(socket).toContain("timer:(keepalive");
});
