import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloneCheckout } from "./fixtures/clone.ts";
import { sample, wordRecall } from "./fixtures/client.ts";
import { root } from "./fixtures/platform.ts";

const START = "npx -y pnpm@12 start";
const TEST = "npx -y pnpm@12 test";

interface Block {
  command: string;
  /** Why no test runs it. */
  reason: string | undefined;
  /** The other test that runs the same. */
  runBy: string | undefined;
}

/** The shell commands of a document, each with what the comment above it says of it. */
const blocksOf = async (path: string): Promise<Block[]> => {
  const text = await readFile(join(root, path), "utf8");
  const found = text.matchAll(/(?:<!-- (not-run-here|run-by): (.*?) -->\n)?```sh\n(.*?)```/gs);
  return [...found].map(([, note, what, command = ""]) => ({
    command: command.trim(),
    reason: note === "not-run-here" ? what : undefined,
    runBy: note === "run-by" ? what : undefined,
  }));
};
const DOCUMENTS = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "bench/README.md",
  "docs/alerts.md",
  "docs/gke.md",
  "docs/identity.md",
  "docs/mesh.md",
  "docs/operations.md",
];
const blocks = (await blocksOf("README.md")).filter(({ reason }) => reason === undefined);

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
    "LECTURA_PPOCR",
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
  for (const { command } of blocks) {
    test(command.split("\n")[0] ?? "", async () => {
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

/** Why a command is not run by this test, and how many such blocks there are. */
const NOT_RUN: Record<string, number> = {
  "minutes each, over documents that are not in the repository": 1,
  "needs Docker and Kind; test/kind runs the same script": 1,
  "skaffold cannot be had here; its file is checked against its schema": 1,
  "public images cannot be pulled here": 1,
  "no Google Cloud here": 12,
  "needs a cluster": 7,
  "needs a cluster; test/mesh runs the same": 21,
  "images and charts cannot be pulled here; the test cluster builds Jaeger and Prometheus from source": 1,
  "ends every token that was handed out": 1,
};

test("a command that this test does not run says which other test does, or why none can", async () => {
  const elsewhere = (await Promise.all(DOCUMENTS.slice(1).map(blocksOf))).flat();
  const inReadme = (await blocksOf("README.md")).filter(({ reason }) => reason !== undefined);
  const counts: Record<string, number> = {};
  for (const { command, reason, runBy } of [...inReadme, ...elsewhere]) {
    if (runBy) await expect(access(join(root, runBy)), `${runBy} runs ${command}`).resolves.toBeUndefined();
    else counts[reason ?? `no reason: ${command}`] = (counts[reason ?? `no reason: ${command}`] ?? 0) + 1;
  }
  expect(counts).toEqual(NOT_RUN);
});

test("every link of the documents leads somewhere", async () => {
  for (const name of DOCUMENTS) {
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
