import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { repository, toolsDir } from "../platform/home.ts";
import { identify } from "../processes/process-identity.ts";
import { planRedis, provideRedis } from "./redis.ts";
import { libraryPathOf, unpackDebianPackages } from "./debian-packages.ts";
import { SYSTEM_FOLDERS } from "./find-program.ts";

let folder: string;
const log = { info: () => {}, warn: () => {} };
const { REDIS_URL: _shared, ...env } = process.env;
const apart = (options: { path: string; dataDir?: string }) => ({
  log,
  toolsDir,
  dataDir: join(folder, options.dataDir ?? "redis"),
  env: { ...env, PATH: options.path },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lectura-redis-"));
  await mkdir(join(folder, "empty"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("with a PATH of node alone", () => {
  // A program of its own, so that nothing of this process's environment can help.
  const program = `
    import { provideRedis } from "./packages/local/src/index.ts";
    const said = [];
    const log = { info: (message) => said.push(message), warn: (message) => said.push(message) };
    const { url, close } = await provideRedis({ dataDir: process.env.DATA, toolsDir: process.env.TOOLS, log });
    const { Redis } = await import(${JSON.stringify(import.meta.resolve("ioredis"))});
    const redis = new Redis(url);
    const settings = await Promise.all(["appendonly", "appendfsync", "maxmemory-policy", "save", "bind"].map((name) => redis.config("GET", name)));
    const answer = { pong: await redis.ping(), settings: Object.fromEntries(settings), said };
    const pid = /process_id:(\\d+)/.exec(await redis.info("server"))[1];
    redis.disconnect();
    await close();
    console.log(JSON.stringify({ ...answer, pid: Number(pid) }));`;

  test("the distribution's package is unpacked and runs, durable, until it is closed", async () => {
    const bin = join(folder, "node-alone");
    await mkdir(bin);
    await symlink(process.execPath, join(bin, "node"));
    const { stdout } = await promisify(execFile)(join(bin, "node"), ["--input-type=module", "-e", program], {
      cwd: repository,
      env: { PATH: bin, HOME: folder, DATA: join(folder, "data of the run"), TOOLS: join(folder, "tools") },
    });
    const { pong, settings, said, pid } = JSON.parse(stdout);
    expect(pong).toBe("PONG");
    expect(settings).toEqual({
      appendonly: "yes",
      appendfsync: "always",
      "maxmemory-policy": "noeviction",
      save: "",
      bind: "127.0.0.1",
    });
    expect(said[0]).toBe("unpacking redis-server, redis-tools for this project, once (nothing is installed)");
    expect(said.at(-1)).toMatch(/^Redis: the distribution's package, unpacked, port \d+$/);
    expect(identify(pid)).toBeUndefined();
  });
});

describe("what is taken", () => {
  test("is REDIS_URL before everything else, and closing leaves it running", async () => {
    const own = await provideRedis(apart({ path: "" }));
    const foreign = await provideRedis({ ...apart({ path: "" }), env: { ...env, PATH: "", REDIS_URL: own.url } });
    expect(foreign.url).toBe(own.url);
    await foreign.close();
    const redis = new Redis(own.url);
    expect(await redis.ping()).toBe("PONG");
    redis.disconnect();
    await own.close();
  });

  test.for(["redis-server", "valkey-server"])("is %s on PATH before the distribution's package", async (name) => {
    const bin = join(folder, `with-${name}`);
    await mkdir(bin);
    await symlink("/bin/true", join(bin, name));
    const { own } = await planRedis(apart({ path: bin }));
    expect(own?.spec.command).toBe(join(bin, name));
  });

  test("is Docker when there are no packages to unpack", async () => {
    const bin = join(folder, "with-docker");
    await mkdir(bin);
    await symlink("/bin/true", join(bin, "docker"));
    const { own } = await planRedis({ ...apart({ path: bin }), toolsDir: join(folder, "none"), systemFolders: [] });
    expect(own?.spec.args).toEqual(expect.arrayContaining([join(bin, "docker"), "--publish", "--appendonly"]));
  });
});

describe("what cannot be had is explained", () => {
  test("when every way is closed, with all ways, why, and what to do", async () => {
    const bin = join(folder, "with-broken-docker");
    await mkdir(bin);
    await writeFile(join(bin, "docker"), "#!/bin/sh\necho 'the daemon does not run' >&2\nexit 1\n");
    await chmod(join(bin, "docker"), 0o755);
    const plan = planRedis({ ...apart({ path: bin }), toolsDir: join(folder, "none"), systemFolders: [] });
    await expect(plan).rejects.toThrow(
      "Lectura needs Redis and found no way to it:\n" +
        "  a server on PATH: neither redis-server nor valkey-server is there\n" +
        "  the distribution's package: this system has no apt-get and dpkg-deb\n" +
        "  Docker: docker failed: the daemon does not run\n" +
        "Do one of these and start again: install redis-server; start Docker; or set REDIS_URL=redis://host:port",
    );
  });

  test("when REDIS_URL names one that does not answer", async () => {
    const plan = planRedis({ ...apart({ path: "" }), env: { ...env, REDIS_URL: "redis://127.0.0.1:1" } });
    await expect(plan).rejects.toThrow(/^The Redis that REDIS_URL names does not answer: .*ECONNREFUSED.*unset it/);
  });

  test("when the port is held by another program", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const start = provideRedis({ ...apart({ path: "" }), port });
    await expect(start).rejects.toThrow(/redis did not start: .*exit code 1[^]*Address already in use/);
    other.close();
  });
});

const unpack = (name: string) =>
  unpackDebianPackages({
    packages: ["liblzf1"],
    folder: join(folder, name, "lzf"),
    systemFolders: SYSTEM_FOLDERS,
    log,
  });

describe("unpacking", () => {
  test("twice at the same time gives both the whole", async () => {
    const target = join(folder, "twice", "lzf");
    expect(await Promise.all([unpack("twice"), unpack("twice")])).toEqual([target, target]);
  });

  test("fetches package lists of its own where the system has none, as in most images", async () => {
    const settings = join(folder, "apt.conf");
    await writeFile(settings, `Dir::State::Lists "${folder}/empty";`);
    vi.stubEnv("APT_CONFIG", settings);
    const root = await unpack("own lists");
    vi.unstubAllEnvs();
    expect(libraryPathOf(root)).toContain("usr/lib/");
    expect(await readdir(join(folder, "own lists"))).toEqual(["lzf"]);
  });
});
