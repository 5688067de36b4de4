// `npx -y pnpm@12 backup FOLDER`: copies what the platform of this checkout (or of LECTURA_HOME) keeps, while it runs.
// Redis first, then the storage: a record of the copy never points at bytes that the copy lacks (docs/operations.md).
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { locateHome } from "../packages/local/src/platform/home.ts";
import { readLiveRun } from "../packages/local/src/platform/run-file.ts";

const fail: (message: string) => never = (message) => {
  console.error(message);
  process.exit(1);
};

/** Has Redis write everything it holds to `dump.rdb` in its folder; nothing else is served meanwhile. */
const saveRedis = async (port: number): Promise<void> => {
  const socket = connect(port, "127.0.0.1");
  socket.write("SAVE\r\nQUIT\r\n");
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  if (!answer.startsWith("+OK")) fail(`Redis did not save: ${answer.trim()}`);
};

/** What was deleted while it was about to be copied is no loss. */
const unlessGone = <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });

/** Copies a folder that changes meanwhile; `wanted` says by its name whether an entry is taken along. */
const copyFolder = async (from: string, to: string, wanted: (name: string) => boolean): Promise<void> => {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of (await unlessGone(readdir(from, { withFileTypes: true }))) ?? []) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (!wanted(entry.name)) continue;
    if (entry.isDirectory()) await copyFolder(source, target, wanted);
    else await unlessGone(copyFile(source, target));
  }
};

/** Whether a document came in after this moment, by its id: it has no record in the copy, and nobody would clear its bytes. */
const cameInAfter = (moment: number) => (name: string) => {
  const [, time] = /^doc_([0-9a-f]{12})/.exec(name) ?? [];
  return time !== undefined && Number.parseInt(time, 16) > moment;
};

const [folder] = process.argv.slice(2);
if (!folder) fail("Usage: npx -y pnpm@12 backup FOLDER");
const home = locateHome(process.env);
const run = readLiveRun(home.runFile) ?? fail(`Lectura does not run in ${home.folder}: copy that folder as it is.`);
const redis =
  run.processes.find(({ name }) => name === "redis") ??
  fail("Redis is not the platform's own (REDIS_URL): back it up where it runs, and the storage after it.");

await mkdir(folder, { mode: 0o700 }).catch((error: Error) => fail(`${folder} must be a new folder: ${error.message}`));
await saveRedis(redis.port);
const saved = Date.now();
await copyFile(join(home.redisDir, "dump.rdb"), join(folder, "redis.rdb"));
if (process.env["LECTURA_STORAGE"]) console.log("LECTURA_STORAGE is not copied: back it up now, where it is.");
else await copyFolder(home.dataDir, join(folder, "storage"), (name) => name !== ".tmp" && !cameInAfter(saved)(name));
await copyFile(home.secretsFile, join(folder, "secrets.json"));
console.log(`Backed up to ${folder}: what was accepted until ${new Date(saved).toISOString()}.`);
