import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloneCheckout } from "./fixtures/clone.ts";
import { sample, wordRecall } from "./fixtures/client.ts";
import { root } from "./fixtures/platform.ts";

const START = "npx -y pnpm@12 start";
const TEST = "npx -y pnpm@12 test";

const blocksOf = async (path: string): Promise<{ reason: string | undefined; command: string }[]> => {
  const text = await readFile(join(root, path), "utf8");
  return [...text.matchAll(/(?:<!-- not-run-here: (.*?) -->\n)?```sh\n(.*?)```/gs)].map(([, reason, command = ""]) => ({
    reason,
    command: command.trim(),
  }));
};
const blocks = await blocksOf("README.md");

let clone: Awaited<ReturnType<typeof cloneCheckout>>;
const started: ChildProcess[] = [];

beforeAll(async () => {
  clone = await cloneCheckout();
});
afterAll(async () => {
  for (const child of started) if (child.exitCode === null) child.kill("SIGTERM");
  await clone.remove();
});

const run = (command: string): { child: ChildProcess; output: () => string; text: () => string } => {
  // A user's terminal: no test's Redis or Tesseract, and the machine's own Node first in PATH.
  const ours = new Set([
    "REDIS_URL",
    "LECTURA_TESSERACT_LIBRARY",
    "LECTURA_TESSDATA",
    "LD_LIBRARY_PATH",
    "INIT_CWD",
    "VITEST",
  ]);
  const kept = Object.entries(process.env).filter(([name]) => !ours.has(name) && !/^(p?npm_|VITEST_)/i.test(name));
  const PATH = (process.env["PATH"] ?? "")
    .split(":")
    .filter((folder) => !folder.startsWith(root))
    .join(":");
  const child = spawn("bash", ["-euc", command], {
    cwd: clone.folder,
    env: { ...Object.fromEntries(kept), PATH, LECTURA_PORT: "18180", NO_COLOR: "1" },
  });
  const all: string[] = [];
  const out: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk.toString()) && all.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => all.push(chunk.toString()));
  return { child, output: () => all.join(""), text: () => out.join("") };
};

const runToEnd = async (command: string): Promise<string> => {
  const { child, output, text } = run(command);
  const [code]: (number | null)[] = await once(child, "close");
  expect(code, `${command}\n${output()}`).toBe(0);
  return text();
};

const startInBackground = async (command: string): Promise<void> => {
  const { child, output } = run(command);
  started.push(child);
  const ready = Promise.withResolvers<void>();
  child.stdout?.on("data", () => output().includes("Lectura is ready") && ready.resolve());
  child.once("close", (code) => ready.reject(new Error(`ended with ${code}: ${output()}`)));
  await ready.promise;
};

describe("the README's commands, in a fresh clone, one after the other", () => {
  for (const { command, reason } of blocks) {
    test(command.split("\n")[0] ?? "", async () => {
      expect(reason, "nothing in this README is not run").toBeUndefined();
      if (command === START) return startInBackground(command);
      // The whole run is what .ci/run does; here the clone shows that the command works in it.
      if (command === TEST) return void (await runToEnd(`${TEST} --project unit packages/contracts`));
      const text = await runToEnd(command);
      if (command.startsWith(`${START} samples/`)) {
        for (const name of ["carta.png", "recibo.jpg", "informe.pdf"]) {
          expect(wordRecall(text, (await sample(name)).truth)).toBeGreaterThan(0.9);
        }
      }
      if (command.includes("format=text")) expect(text).toMatch(/total/i);
    });
  }
});

test("elsewhere a command that no test runs says why: there is one such block", async () => {
  const others = (await Promise.all(["ARCHITECTURE.md", "CONTRIBUTING.md", "bench/README.md"].map(blocksOf))).flat();
  expect(others.map(({ reason }) => reason)).toEqual(["minutes each, over documents that are not in the repository"]);
});

test("every link of the documents leads somewhere", async () => {
  for (const name of ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "bench/README.md"]) {
    const text = await readFile(join(root, name), "utf8");
    for (const [, link = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      await expect(readFile(join(root, dirname(name), link)), `${name} → ${link}`).resolves.toBeDefined();
    }
  }
});

test("CI runs the README's test command, after the check", async () => {
  const script = await readFile(join(root, ".ci/run"), "utf8");
  expect(script.indexOf("npx -y pnpm@12 check")).toBeGreaterThan(-1);
  expect(script.indexOf(TEST)).toBeGreaterThan(script.indexOf("npx -y pnpm@12 check"));
});
