import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";

const fileUrl = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
const PRELUDE = `
  import { configured, runService } from ${fileUrl("run-service.ts")};
  import { parseEnvironment } from ${fileUrl("config.ts")};
  import { createLogger } from ${fileUrl("logger.ts")};
  import { z } from "zod";
  const log = createLogger({ service: "tiny", level: "info" });
  const never = new Promise(() => {});
  const say = (text) => log.info(text);
  const part = (name, close = async () => {}) => ({ name, close: () => (say("closing " + name), close()) });
  const stayAlive = () => setInterval(() => {}, 1000);
`;

const messageOf = (line: string): string => {
  const { message }: { message: string } = JSON.parse(line);
  return message;
};

const logOf = (lines: string[]): unknown[] => lines.map((line): unknown => JSON.parse(line));

const running = new Set<{ kill(signal: "SIGKILL"): boolean }>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

/** A small service in a process of its own. */
const serve = (script: string, env: Record<string, string> = {}) => {
  const args = ["--input-type=module", "-e", PRELUDE + script];
  const child = spawn(process.execPath, args, { cwd: import.meta.dirname, env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const lines: string[] = [];
  const output = createInterface(child.stdout).on("line", (line) => lines.push(line));
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close");
  return {
    said: async (message: string): Promise<void> => {
      while (!lines.some((line) => messageOf(line) === message))
        await Promise.race([
          once(output, "line"),
          ended.then(() => Promise.reject(new Error(`ended without "${message}": ${lines.join("\n")} ${stderr}`))),
        ]);
    },
    signal: (name: "SIGTERM" | "SIGINT") => child.kill(name),
    end: async () => {
      const [code]: (number | null)[] = await ended;
      return { code, said: lines.map(messageOf), lines, stderr };
    },
  };
};

describe("a service that is told to stop", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("by %s closes its parts one after the other and exits 0", async (name) => {
    const service = serve(`
      stayAlive();
      const slow = () => new Promise((resolve) => setTimeout(() => (say("http is closed"), resolve()), 20));
      await runService({ log, grace: 10_000, start: async () => [part("http", slow), part("queue"), part("redis")] });
    `);
    await service.said("started");
    service.signal(name);
    const { code, said } = await service.end();
    expect(said).toEqual([
      "started",
      "stopping",
      "closing http",
      "http is closed",
      "closing queue",
      "closing redis",
      "stopped",
    ]);
    expect(code).toBe(0);
  });

  test("closes the other parts when one fails to, names that one, and exits 1", async () => {
    const service = serve(`
      stayAlive();
      const broken = async () => { throw new Error("connection lost"); };
      await runService({ log, grace: 10_000, start: async () => [part("http"), part("queue", broken), part("redis")] });
    `);
    await service.said("started");
    service.signal("SIGTERM");
    const { code, said, lines } = await service.end();
    expect(said).toContain("closing redis");
    const complaint = lines.find((line) => messageOf(line) === "did not close cleanly") ?? "{}";
    expect(JSON.parse(complaint)).toMatchObject({ level: "error", part: "queue", err: { message: "connection lost" } });
    expect(code).toBe(1);
  });

  test.each([
    ["although its parts keep it busy", "stayAlive();"],
    [
      "although nothing keeps it busy",
      "const timer = stayAlive(); process.once('SIGTERM', () => clearInterval(timer));",
    ],
  ])("and does not get done within its grace time says so and exits 1, %s", async (_, busy) => {
    const service = serve(`
      ${busy}
      await runService({ log, grace: 50, start: async () => [part("queue", () => never), part("redis")] });
    `);
    await service.said("started");
    service.signal("SIGTERM");
    const { code, said } = await service.end();
    expect(said.slice(1)).toEqual(["stopping", "closing queue", "did not stop within its grace time"]);
    expect(code).toBe(1);
  });

  test("and then told again stops at once with exit code 1", async () => {
    const service = serve(`
      stayAlive();
      await runService({ log, grace: 60_000, start: async () => [part("queue", () => never)] });
    `);
    await service.said("started");
    service.signal("SIGINT");
    await service.said("closing queue");
    service.signal("SIGTERM");
    const { code, said } = await service.end();
    expect(code).toBe(1);
    expect(said).not.toContain("stopped");
  });

  test("while it still starts stops at once with exit code 1", async () => {
    const service = serve(`
      stayAlive();
      await runService({ log, grace: 60_000, start: () => (say("starting"), never) });
    `);
    await service.said("starting");
    service.signal("SIGTERM");
    expect((await service.end()).code).toBe(1);
  });
});

describe("a service that goes wrong", () => {
  test("at its start says why, once, and exits 1", async () => {
    const service = serve(`
      stayAlive();
      await runService({ log, grace: 1000, start: async () => { throw new Error("port 8080 is taken"); } });
    `);
    const { code, lines, stderr } = await service.end();
    expect(logOf(lines)).toEqual([
      expect.objectContaining({ level: "fatal", message: "cannot start", service: "tiny" }),
    ]);
    expect(lines[0]).toContain("port 8080 is taken");
    expect(stderr).toBe("");
    expect(code).toBe(1);
  });

  test.each([
    ["an error nobody caught", 'setImmediate(() => { throw new Error("oh no"); })'],
    ["a rejection nobody caught", 'Promise.reject(new Error("oh no"))'],
  ])("by %s says so and exits 1, to be started again", async (what, mishap) => {
    const service = serve(`
      stayAlive();
      await runService({ log, grace: 1000, start: async () => (setImmediate(() => { ${mishap}; }), []) });
    `);
    const { code, lines } = await service.end();
    expect(logOf(lines)).toContainEqual(
      expect.objectContaining({ message: `stopped by ${what}`, err: expect.objectContaining({ message: "oh no" }) }),
    );
    expect(code).toBe(1);
  });
});

describe("a configuration", () => {
  const READ =
    "const config = configured(() => parseEnvironment(z.object({ PORT: z.coerce.number(), URL: z.url() }), process.env));";

  test("that is wrong ends the process with one message that names every fault, without a stack", async () => {
    const { code, lines, stderr } = await serve(`${READ} log.info("went on");`, { PORT: "many" }).end();
    expect(stderr).toMatch(/^The environment is not complete:\n {2}PORT: .*\n {2}URL: .*\n$/);
    expect(lines).toEqual([]);
    expect(code).toBe(2);
  });

  test("that is right is handed on", async () => {
    const { code, lines } = await serve(`${READ} log.info(config);`, { PORT: "1", URL: "http://x" }).end();
    expect(logOf(lines)).toEqual([expect.objectContaining({ PORT: 1, URL: "http://x" })]);
    expect(code).toBe(0);
  });

  test("that cannot be read for another reason is an error like any other", async () => {
    const { code, stderr } = await serve(`configured(() => { throw new TypeError("a mistake of ours"); });`).end();
    expect(stderr).toContain("TypeError: a mistake of ours");
    expect(code).toBe(1);
  });
});
