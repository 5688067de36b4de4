import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
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

/** The sockets of a process that are of the network, and not of this machine's own. */
const networkSocketsOf = (pid: number): string[] => {
  const tables = ["tcp", "tcp6", "udp", "udp6"].map((table) => readFileSync(`/proc/${pid}/net/${table}`, "latin1"));
  const [, ...rows] = tables.join("\n").split("\n");
  const inodes = new Set(rows.map((row) => `socket:[${row.trim().split(/\s+/)[9]}]`));
  const paths = readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
  // The one by which the list itself was read is gone by now.
  const open = paths.filter((path) => lstatSync(path, { throwIfNoEntry: false }));
  return open.map((path) => readlinkSync(path)).filter((target) => inodes.has(target));
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

  it("opens no socket of any family, by any call, whatever its libraries do", async () => {
    const script = `
      const { createRequire } = await import("node:module");
      const { constants: { errno } } = await import("node:os");
      const koffi = createRequire(${JSON.stringify(import.meta.url)})("koffi");
      const libc = koffi.load(null);
      const names = new Map(Object.entries(errno).map(([name, number]) => [number, name]));
      const outcome = (answer) => (answer < 0 ? names.get(koffi.errno()) : "done");
      const socket = libc.func("int socket(int, int, int)");
      const [UNIX, IPV4, IPV6, NETLINK, PACKET, VSOCK] = [1, 2, 10, 16, 17, 40];
      const [STREAM, DATAGRAM, RAW] = [1, 2, 3];
      const outcomes = {};
      for (const family of [UNIX, IPV4, IPV6, NETLINK, PACKET, VSOCK])
        for (const type of [STREAM, DATAGRAM, RAW])
          outcomes["socket " + family + " " + type] = outcome(socket(family, type, 0));
      // Of a socket that somebody would have handed in: without the filter the answer is that there is none.
      outcomes.connect = outcome(libc.func("int connect(int, void *, int)")(-1, null, 0));
      outcomes.bind = outcome(libc.func("int bind(int, void *, int)")(-1, null, 0));
      outcomes.listen = outcome(libc.func("int listen(int, int)")(-1, 1));
      // What would do all of it without a call of its own.
      outcomes.uring = outcome(libc.func("long syscall(long, long, long)")(425, 1, 0));
      console.log(JSON.stringify(outcomes));`;
    const { said } = await confined(script);
    const outcomes: Record<string, string> = JSON.parse(said);
    expect(Object.keys(outcomes)).toHaveLength(22);
    expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== "EPERM")).toEqual([]);
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
    // This process listens, but its child has nothing of that.
    expect(networkSocketsOf(process.pid)).not.toEqual([]);
    expect(networkSocketsOf(child.pid)).toEqual([]);
    await child.end();
    delete process.env["LECTURA_KEY_SECRET"];
  });
});
