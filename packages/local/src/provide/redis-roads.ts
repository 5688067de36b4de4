import { createHash } from "node:crypto";
import { join } from "node:path";
import { ExplainedError } from "../explained-error.ts";
import type { Log } from "../output/log.ts";
import { libraryPathOf, unpackDebianPackages } from "./debian-packages.ts";
import { findProgram, foldersOfPath } from "./find-program.ts";
import { runProgram } from "./run-program.ts";

/** What is needed to find a Redis server; `systemFolders` are searched for apt-get, `env.PATH` for everything else. */
export interface RedisSearch {
  toolsDir: string;
  dataDir: string;
  log: Log;
  env: NodeJS.ProcessEnv;
  systemFolders: readonly string[];
}

/** How a found server is started; `settings` are redis-server's own arguments but port, address and folder. */
export interface RedisServer {
  found: string;
  commandFor(port: number, settings: readonly string[]): { command: string; args: string[]; env: NodeJS.ProcessEnv };
}

const ofThisMachine = (
  found: string,
  command: string,
  { dataDir }: RedisSearch,
  env: NodeJS.ProcessEnv,
): RedisServer => ({
  found,
  commandFor: (port, settings) => ({
    command,
    args: ["--port", String(port), "--bind", "127.0.0.1", "--dir", dataDir, ...settings],
    env,
  }),
});

const onPath = async (search: RedisSearch): Promise<RedisServer> => {
  const program = await findProgram(["redis-server", "valkey-server"], foldersOfPath(search.env.PATH));
  if (!program) throw new ExplainedError("neither redis-server nor valkey-server is there");
  return ofThisMachine(program, program, search, search.env);
};

const unpacked = async (search: RedisSearch): Promise<RedisServer> => {
  // In Debian's redis-server package the server is a link into redis-tools, so both are named.
  const packages = ["redis-server", "redis-tools"];
  const root = await unpackDebianPackages({ ...search, packages, folder: join(search.toolsDir, "redis") });
  const program = join(root, "usr/bin/redis-server");
  const env = { ...search.env, LD_LIBRARY_PATH: libraryPathOf(root) };
  // Says here, not at the first start, when the folder was unpacked by another kind of system.
  await runProgram(program, ["--version"], { env });
  return ofThisMachine("the distribution's package, unpacked", program, search, env);
};

const IMAGE = "redis:7-alpine";

const inDocker = async (search: RedisSearch): Promise<RedisServer> => {
  const docker = await findProgram(["docker"], foldersOfPath(search.env.PATH));
  if (!docker) throw new ExplainedError("docker is not there");
  await runProgram(docker, ["info"], { env: search.env });
  const name = `lectura-redis-${createHash("sha256").update(search.dataDir).digest("hex").slice(0, 12)}`;
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  // A container outlives a killed `docker run`: the one left over must go, or two servers write one folder.
  const script = `"$0" rm --force "$1" >/dev/null 2>&1; shift; exec "$0" run --rm --name ${name} "$@"`;
  return {
    found: `Docker (${IMAGE})`,
    commandFor: (port, settings) => {
      const container = ["--user", user, "--publish", `127.0.0.1:${port}:6379`, "--volume", `${search.dataDir}:/data`];
      const server = ["redis-server", "--dir", "/data", "--protected-mode", "no", ...settings];
      return {
        command: "/bin/sh",
        args: ["-c", script, docker, name, ...container, IMAGE, ...server],
        env: search.env,
      };
    },
  };
};

const roads = [
  { name: "a server on PATH", take: onPath },
  { name: "the distribution's package", take: unpacked },
  { name: "Docker", take: inDocker },
];

/**
 * The first Redis server that can be had: one on PATH, the distribution's package unpacked, Docker.
 * @throws ExplainedError naming every way with the reason why it is closed
 */
export const findRedisServer = async (search: RedisSearch): Promise<RedisServer> => {
  const reasons: string[] = [];
  for (const { name, take } of roads) {
    try {
      return await take(search);
    } catch (error) {
      reasons.push(`  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new ExplainedError(
    `Lectura needs Redis and found no way to it:\n${reasons.join("\n")}\n` +
      "Do one of these and start again: install redis-server; start Docker; or set REDIS_URL=redis://host:port to a Redis " +
      "that runs elsewhere.",
  );
};
