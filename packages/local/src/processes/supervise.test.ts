import { EventEmitter, on, once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ProcessSpec } from "./child.ts";
import { identify, isAlive } from "./process-identity.ts";
import { stopInOrder } from "./stop-in-order.ts";
import { supervise, type Supervised, type SupervisorOptions } from "./supervise.ts";

let folder: string;
let supervised: Supervised[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lectura-supervise-"));
  supervised = [];
});
afterEach(async () => {
  for (const one of supervised) one.kill();
  await Promise.all(supervised.map((one) => one.stop()));
  await rm(folder, { recursive: true, force: true });
});

/** Supervises a small script; it is ready once it has printed "up". What happens to it is told as events. */
const run = (script: string, times: SupervisorOptions["times"] = {}, name = "tiny") => {
  const events = new EventEmitter();
  let isUp = false;
  events.on("line", (text: string) => (isUp ||= text === "up"));
  const spec: ProcessSpec = {
    name,
    command: process.execPath,
    args: ["-e", script],
    cwd: folder,
    env: {},
    notReadyBecause: () => Promise.resolve(isUp ? undefined : "it has not said that it is up"),
  };
  const one = supervise(spec, {
    advice: "Look into its log.",
    log: { info: (message) => events.emit("info", message), warn: (message) => events.emit("warn", message) },
    onLine: ({ text }) => events.emit("line", text),
    onSpawn: (pid) => {
      isUp = false;
      events.emit("spawn", pid);
    },
    times: { firstPause: 1, longestPause: 4, ...times },
  });
  supervised.push(one);
  return { one, events };
};

const STAY = "process.stdout.write('up\\n'); setInterval(() => {}, 1000);";
const gone = (pid: number) => expect.poll(() => identify(pid), { timeout: 10_000 }).toBeUndefined();

/** The pauses that the log names for so many deaths of a process that lives for a moment each time. */
const pausesOf = async (deaths: number, calmAfter: number): Promise<string[]> => {
  const { one, events } = run("console.log('up'); setTimeout(() => process.exit(3), 150)", {
    calmAfter,
  });
  await one.ready;
  const pauses: string[] = [];
  for await (const [message] of on(events, "warn")) {
    pauses.push(String(message).replace("tiny died (exit code 3); starting it again in ", ""));
    if (pauses.length === deaths) break;
  }
  return pauses;
};

describe("a process that dies after it was ready", () => {
  test("is started again, and the log says so, and that it is back", async () => {
    const { one, events } = run(`console.log(process.pid); ${STAY}`);
    const [pid]: string[] = await once(events, "line");
    await one.ready;
    const [died, back] = [once(events, "warn"), once(events, "info")];
    process.kill(Number(pid), "SIGKILL");
    expect(await died).toEqual(["tiny died (signal SIGKILL); starting it again in 0.001 s"]);
    expect(await back).toEqual(["tiny is back"]);
  });

  test("waits twice as long each time, up to the longest pause", async () => {
    expect(await pausesOf(4, 60_000)).toEqual(["0.001 s", "0.002 s", "0.004 s", "0.004 s"]);
  });

  test("begins with the first pause again when it has lived long enough", async () => {
    expect(await pausesOf(3, 1)).toEqual(["0.001 s", "0.001 s", "0.001 s"]);
  });

  test("takes along what it had started itself", async () => {
    const { one, events } = run(
      `const { pid } = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
       console.log(process.pid, pid); ${STAY}`,
    );
    const [line]: string[] = await once(events, "line");
    const [leader, grandchild] = (line ?? "").split(" ").map(Number);
    await one.ready;
    process.kill(leader ?? 0, "SIGKILL");
    await gone(grandchild ?? 0);
  });
});

describe("a process that never gets ready", () => {
  test("and dies is told of once, with its end, its last lines and what to do", async () => {
    const { one, events } = run("console.log('one'); console.error('cannot find my data'); process.exitCode = 7;");
    let warnings = 0;
    events.on("warn", () => (warnings += 1));
    await expect(one.ready).rejects.toThrow(
      /^tiny did not start: it ended with exit code 7. Its last lines:\n(?:.* one\n.*cannot find my data|.*cannot find my data\n.* one)\nLook into its log\.$/,
    );
    expect(warnings).toBe(0);
  });

  test("and lives is told of with the reason why it is not ready", async () => {
    const { one } = run("setInterval(() => {}, 1000)", { readyWithin: 200 });
    await expect(one.ready).rejects.toThrow("tiny did not get ready in 0.2 s: it has not said that it is up");
  });

  test("because it is stopped before does not keep anybody waiting", async () => {
    const { one } = run("setInterval(() => {}, 1000)");
    one.kill();
    await expect(one.ready).rejects.toThrow("tiny was stopped before it was ready");
  });
});

/** Notes its name in a file when it is asked to end. */
const signing = (name: string) =>
  `process.on("SIGTERM", () => { require("node:fs").appendFileSync("order", "${name} "); process.exit(0); }); ${STAY}`;

describe("stopping", () => {
  test("asks first, and what asks for time gets it", async () => {
    const { one, events } = run(`process.on("SIGTERM", () => { console.log("tidied up"); process.exit(0); }); ${STAY}`);
    await one.ready;
    const said = once(events, "line");
    await one.stop();
    expect(await said).toEqual(["tidied up"]);
  });

  test("kills what does not end within its grace, and the log says so", async () => {
    const { one, events } = run(`process.on("SIGTERM", () => {}); console.log(process.pid); ${STAY}`, { grace: 100 });
    const [pid]: string[] = await once(events, "line");
    await one.ready;
    const warned = once(events, "warn");
    await one.stop();
    expect(await warned).toEqual(["tiny did not stop within 0.1 s; killed"]);
    expect(identify(Number(pid))).toBeUndefined();
  });

  test("several goes in order, each only when the one before is gone", async () => {
    const members = ["gateway", "ocr-api", "redis"].map((name) => run(signing(name), {}, name).one);
    await Promise.all(members.map((member) => member.ready));
    await stopInOrder(members);
    expect(await readFile(join(folder, "order"), "utf8")).toBe("gateway ocr-api redis ");
  });
});

test("a process dies with its launcher, even when that is killed", async () => {
  const launcher = `
    import { supervise } from ${JSON.stringify(new URL("supervise.ts", import.meta.url).href)};
    const child = { name: "child", command: process.execPath, args: ["-e", "console.log(process.pid); setInterval(() => {}, 1000)"],
      cwd: ".", env: {}, notReadyBecause: async () => undefined };
    supervise(child, { advice: "", log: console, onLine: ({ text }) => console.log(text) });`;
  const { one, events } = run(
    `import("node:child_process").then(({ spawn }) => spawn(process.execPath, ["--input-type=module", "-e", ${JSON.stringify(launcher)}], { stdio: "inherit" }));
     setInterval(() => {}, 1000);`,
  );
  const [pid]: string[] = await once(events, "line");
  const child = identify(Number(pid));
  expect(child && isAlive(child)).toBe(true);
  one.kill();
  await gone(Number(pid));
});
