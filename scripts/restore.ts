// `npx -y pnpm@12 restore FOLDER`: puts back what `backup` has copied, into a home that holds nothing yet.
import { access, copyFile, cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { locateHome } from "../packages/local/src/platform/home.ts";

const fail: (message: string) => never = (message) => {
  console.error(message);
  process.exit(1);
};

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const [folder] = process.argv.slice(2);
if (!folder) fail("Usage: npx -y pnpm@12 restore FOLDER");
const home = locateHome(process.env);
if (!(await isThere(join(folder, "redis.rdb")))) fail(`${folder} holds no backup: redis.rdb is missing.`);
for (const part of [home.runFile, home.redisDir, home.dataDir, home.secretsFile])
  if (await isThere(part))
    fail(`${part} is there already. End what runs (npx -y pnpm@12 lectura stop) and move ${home.folder} away.`);

await mkdir(home.redisDir, { recursive: true, mode: 0o700 });
await copyFile(join(folder, "secrets.json"), home.secretsFile);
// Without storage the bytes are elsewhere (LECTURA_STORAGE) and are put back there.
if (await isThere(join(folder, "storage"))) await cp(join(folder, "storage"), home.dataDir, { recursive: true });
// Redis that writes an append-only file reads nothing else when it starts; it takes a dump under that name as its beginning.
await copyFile(join(folder, "redis.rdb"), join(home.redisDir, "appendonly.aof"));
console.log(`Restored to ${home.folder}. Start it: npx -y pnpm@12 start`);
