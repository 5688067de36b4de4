import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChild } from "../pool/child.ts";
import { findModels } from "../models/find-models.ts";

const MEMORY = 700 * 1024 * 1024;

/** Runs a script in a process that has confined itself, as a decoder would that somebody has broken; what it says. */
const confined = async (script: string): Promise<{ said: string; signal: string | null }> => {
  const source = `
    const { confine } = await import(${JSON.stringify(new URL("confine.ts", import.meta.url))});
    confine({ memory: ${MEMORY} });
    ${script}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [said, , [, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { said: said.trim(), signal };
};

/** How a promise ends, printed. */
const outcome = (work: string): string => `console.log(await ${work}.then(() => "done", (error) => error.code));`;

describe.skipIf(process.platform !== "linux")("a process that has confined itself", () => {
  const server = createServer((socket) => socket.end());
  let port = 0;
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    port = typeof address === "object" ? (address?.port ?? 0) : 0;
  });
  afterAll(() => {
    server.close();
  });

  it("reaches no address, not even of its own machine", async () => {
    const script = `
      const { connect } = await import("node:net");
      ${outcome(`new Promise((done, fail) => connect(${port}, "127.0.0.1").on("connect", done).on("error", fail))`)}`;
    expect(await confined(script)).toEqual({ said: "EPERM", signal: null });
  });

  it("asks for no name", async () => {
    const script = `
      const { Resolver } = await import("node:dns/promises");
      const resolver = new Resolver({ timeout: 100, tries: 1 });
      resolver.setServers(["127.0.0.1:${port}"]);
      ${outcome(`resolver.resolve4("lectura.test")`)}`;
    expect((await confined(script)).said).toMatch(/^E/);
  });

  it("starts no program", async () => {
    const script = `
      const { spawn } = await import("node:child_process");
      ${outcome(`new Promise((done, fail) => spawn("/bin/true").on("exit", done).on("error", fail))`)}`;
    expect(await confined(script)).toEqual({ said: "EPERM", signal: null });
  });

  it("signals nobody but itself", async () => {
    const script = `
      try { process.kill(${process.pid}, 0); console.log("done"); } catch (error) { console.log(error.code); }
      process.kill(process.pid, "SIGKILL");`;
    expect(await confined(script)).toEqual({ said: "EPERM", signal: "SIGKILL" });
  });

  it("still has threads, files and itself", async () => {
    const script = `
      const { readFile } = await import("node:fs/promises");
      const { Worker } = await import("node:worker_threads");
      const { once } = await import("node:events");
      const talk = "import('node:worker_threads').then(({ parentPort }) => parentPort.postMessage('hello'))";
      const [said] = await once(new Worker(talk, { eval: true }), "message");
      console.log(said, (await readFile("/proc/self/comm", "utf8")).trim() !== "");`;
    expect(await confined(script)).toEqual({ said: "hello true", signal: null });
  });

  it("gets no more memory than twice what it may use", async () => {
    const script = `
      const held = [];
      try { for (;;) held.push(new Uint8Array(100_000_000).fill(1)); } catch { console.log(held.length < 14); }`;
    expect((await confined(script)).said).not.toBe("false");
    expect((await confined("console.log(new Uint8Array(300_000_000).length)")).said).toBe("300000000");
  });

  it("is what OCR processes are, and they are told no secret of their parent's", async () => {
    process.env["LECTURA_KEY_SECRET"] = "a secret";
    const child = await startChild({
      engine: { name: "tesseract.js" },
      models: await findModels(),
      pagePixels: 1e7,
      memory: MEMORY,
      budget: 30,
      renewal: { pages: 10, growth: 1e9 },
    });
    const told = (file: string): string => readFileSync(`/proc/${child.pid}/${file}`, "utf8");
    expect(told("status")).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(told("status")).toMatch(/^Seccomp:\s+2$/m);
    expect(told("limits")).toMatch(/^Max core file size\s+0\s+0/m);
    expect(told("oom_score_adj").trim()).toBe("1000");
    expect(told("environ")).not.toContain("secret");
    await child.end();
    delete process.env["LECTURA_KEY_SECRET"];
  });
});
