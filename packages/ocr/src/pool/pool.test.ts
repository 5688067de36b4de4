import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChildSettings, Request } from "../child/protocol.ts";
import { createFiles } from "../fixtures/files.ts";
import { drawLines, encode, makeSpecks } from "../fixtures/images.ts";
import { makePdf } from "../fixtures/pdf.ts";
import { findModels } from "../models/find-models.ts";
import { type Child, startChild } from "./child.ts";
import { cpuSeconds } from "./cpu-seconds.ts";
import { createPool } from "./pool.ts";

const { LECTURA_TESSERACT_LIBRARY: library, LECTURA_TESSDATA: tessdata } = process.env;

const MEMORY = 1400 * 1024 * 1024;
const NEVER = { pages: 1_000_000, growth: 1e12 };

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const recognize = (path: string): Request => ({
  task: "recognize",
  path,
  page: 1,
  languages: ["spa"],
  textLayer: "ignore",
  preprocess: "auto",
});

/** Which of these files a process has open. */
const openFiles = (pid: number, paths: string[]): string[] => {
  const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  return paths.filter((path) => targets.includes(path));
};

/** A pool whose children, all that it ever started, can be looked at. */
const observePool = async (settings: ChildSettings, { slots = 1, seconds = 60 } = {}) => {
  const children: Child[] = [];
  const start = async () => {
    const child = await startChild(settings);
    children.push(child);
    return child;
  };
  const pool = createPool({ slots, seconds, start, first: await start() });
  return { ...pool, children, [Symbol.asyncDispose]: pool.close };
};

const engines: [name: string, engine: ChildSettings["engine"], skip: boolean][] = [
  [
    "native Tesseract (not run without LECTURA_TESSERACT_LIBRARY)",
    { name: "tesseract", library: library ?? "" },
    !library,
  ],
  ["tesseract.js", { name: "tesseract.js" }, false],
];

for (const [name, engine, skip] of engines) {
  describe.skipIf(skip)(`a pool with ${name}`, () => {
    let files: Awaited<ReturnType<typeof createFiles>>;
    let settings: ChildSettings;
    /** A page that keeps an engine busy for minutes. */
    let endless: Request;
    let readable: Request;
    const isRead = expect.objectContaining({ result: expect.objectContaining({ text: "Una hoja limpia\n" }) });

    beforeAll(async () => {
      files = await createFiles();
      settings = {
        engine,
        models: await findModels(tessdata),
        pagePixels: 25_000_000,
        memory: MEMORY,
        budget: 30,
        renewal: NEVER,
      };
      endless = recognize(await files.write(await makeSpecks()));
      const page = await drawLines(["Una hoja limpia"]);
      readable = recognize(await files.write(await encode(page).png().toBuffer()));
    });
    afterAll(() => files.dispose());

    it("ends the process of a page that takes too long, and goes on with the next", async () => {
      await using pool = await observePool(settings, { seconds: 20 });
      await expect(pool.run(endless)).rejects.toMatchObject({ name: "ProblemError", code: "page-timeout" });
      expect(isRunning(pool.children[0]?.pid ?? 0)).toBe(false);
      expect(await pool.run(readable)).toEqual(isRead);
      expect(pool.children).toHaveLength(2);
    });

    it("reports a process that is killed in the middle of a page, and goes on with the next", async () => {
      await using pool = await observePool(settings);
      const crashed = pool.run(endless);
      process.kill(pool.children[0]?.pid ?? 0, "SIGKILL");
      await expect(crashed).rejects.toMatchObject({
        code: "page-crashed",
        message: expect.stringContaining("SIGKILL"),
      });
      expect(await pool.run(readable)).toEqual(isRead);
    });

    it("sees a page through when Ctrl-C reaches its process, too", async () => {
      await using pool = await observePool(settings);
      const read = pool.run(readable);
      process.kill(pool.children[0]?.pid ?? 0, "SIGINT");
      process.kill(pool.children[0]?.pid ?? 0, "SIGTERM");
      expect(await read).toEqual(isRead);
    });

    it("ends the work of an aborted page, with the reason of the signal", async () => {
      await using pool = await observePool(settings);
      const abort = new AbortController();
      const aborted = pool.run(endless, { signal: abort.signal });
      abort.abort(new Error("the document was cancelled"));
      await expect(aborted).rejects.toThrow("the document was cancelled");
      expect(isRunning(pool.children[0]?.pid ?? 0)).toBe(false);
    });

    it("forgets a waiting page that is aborted, without harm to the one at work", async () => {
      await using pool = await observePool(settings);
      const abort = new AbortController();
      const first = pool.run(readable);
      const waiting = pool.run(endless, { signal: abort.signal });
      abort.abort(new Error("not wanted any more"));
      await expect(waiting).rejects.toThrow("not wanted any more");
      expect(await first).toEqual(isRead);
      expect(pool.children).toHaveLength(1);
    });

    it("runs as many pages at once as it has slots, and starts no process that it does not need", async () => {
      await using pool = await observePool(settings, { slots: 2 });
      await pool.run(readable);
      await pool.run(readable);
      expect(pool.children).toHaveLength(1);
      await Promise.all([pool.run(readable), pool.run(readable), pool.run(readable)]);
      expect(pool.children).toHaveLength(2);
    });

    it("has one process more for what is urgent while all slots are taken, and no second one", async () => {
      await using pool = await observePool(settings);
      const abort = new AbortController();
      const { signal } = abort;
      const long = Promise.allSettled([pool.run(endless, { signal }), pool.run(endless, { signal })]);
      const urgent = [pool.run(readable, { urgency: "urgent" }), pool.run(readable, { urgency: "urgent" })];
      expect(await Promise.all(urgent)).toEqual([isRead, isRead]);
      expect(pool.children).toHaveLength(2);
      abort.abort(new Error("seen enough"));
      expect((await long).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    });

    it("lets pages of long documents have their turn, however many urgent ones keep coming", async () => {
      await using pool = await observePool(settings);
      const done: string[] = [];
      const run = async (urgency: "normal" | "urgent"): Promise<void> => {
        await pool.run(readable, { urgency });
        done.push(urgency);
      };
      const flood = Array.from({ length: 3 }, async () => {
        for (let each = 0; each < 4; each += 1) await run("urgent");
      });
      await Promise.all([...flood, run("normal")]);
      expect(done.indexOf("normal")).toBeLessThan(done.length - 3);
    });

    it("lets a batch wait for what came after it", async () => {
      await using pool = await observePool(settings);
      const done: string[] = [];
      const run = async (urgency: "normal" | "batch"): Promise<void> => {
        await pool.run(readable, { urgency });
        done.push(urgency);
      };
      await Promise.all([run("batch"), run("batch"), run("normal")]);
      expect(done).toEqual(["batch", "normal", "batch"]);
    });

    it("replaces a process that has worked enough", async () => {
      await using pool = await observePool({ ...settings, renewal: { ...NEVER, pages: 2 } });
      for (let page = 0; page < 4; page += 1) expect(await pool.run(readable)).toEqual(isRead);
      expect(pool.children).toHaveLength(2);
      expect(pool.children.map(({ pid }) => isRunning(pid))).toEqual([false, false]);
    });

    it("rejects what is at work and what waits when it is closed, and leaves no process", async () => {
      const pool = await observePool(settings, { slots: 2 });
      // One at work, one whose process is starting, one that waits.
      const calls = Promise.allSettled([pool.run(endless), pool.run(endless), pool.run(readable)]);
      await pool.close();
      expect((await calls).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
      expect(pool.children.map(({ pid }) => isRunning(pid))).toEqual([false, false]);
      await expect(pool.run(readable)).rejects.toThrow("closed");
    });

    it("leaves no process behind when its own process is killed in the middle of a page", async () => {
      const script = `
        const { startChild } = await import(${JSON.stringify(new URL("child.ts", import.meta.url))});
        const child = await startChild(${JSON.stringify(settings)});
        void child.ask(${JSON.stringify(endless)}, { seconds: 600 });
        console.log(child.pid);`;
      const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = await once(createInterface(parent.stdout), "line");
      const pid = Number(line);
      const before = cpuSeconds(pid);
      // It is deep in the page, and not only starting.
      await expect.poll(() => cpuSeconds(pid) - before, { timeout: 30_000 }).toBeGreaterThan(0.5);
      parent.kill("SIGKILL");
      await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
    });
  });
}

describe("a pool and its documents", () => {
  it("gives a page to the process that has its file open", async () => {
    const files = await createFiles();
    const models = await findModels();
    const settings: ChildSettings = {
      engine: { name: "tesseract.js" },
      models,
      pagePixels: 1e7,
      memory: MEMORY,
      budget: 30,
      renewal: NEVER,
    };
    await using pool = await observePool(settings, { slots: 2 });
    const inspect = async (lines: string[]): Promise<Request> => ({
      task: "inspect",
      path: await files.write(await makePdf([{ lines }])),
    });
    const [a, b] = [await inspect(["A"]), await inspect(["B"])];
    await Promise.all([pool.run(a), pool.run(b)]);
    const opened = pool.children.map(({ pid }) => openFiles(pid, [a.path, b.path]));
    expect(new Set(opened.flat())).toEqual(new Set([a.path, b.path]));
    // Without the preference the two would swap.
    for (const request of [b, a]) await pool.run(request);
    expect(pool.children.map(({ pid }) => openFiles(pid, [a.path, b.path]))).toEqual(opened);
    await files.dispose();
  });
});
