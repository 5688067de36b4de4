// Writes what is made from the code and kept in git: openapi.json, docs/environment.md and, from mesh/callgraph.yaml, policies.
// `--check` writes nothing and fails when one of them is out of date.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { environmentTable } from "./environment-table.ts";
import { generatedFiles } from "../mesh/src/index.ts";
import { createOpenApi } from "../services/gateway/src/docs/openapi.ts";

const root = join(import.meta.dirname, "..");

const generated = [
  { path: "openapi.json", text: `${JSON.stringify(createOpenApi(), null, 2)}\n` },
  { path: "docs/environment.md", text: environmentTable() },
  ...generatedFiles(),
];

const present = async (path: string): Promise<string | undefined> => readFile(path, "utf8").catch(() => undefined);

const stale: string[] = [];
for (const { path, text } of generated) {
  const file = join(root, path);
  if ((await present(file)) === text) continue;
  stale.push(path);
  if (process.argv.includes("--check")) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  console.log(`wrote ${path}`);
}

if (process.argv.includes("--check") && stale.length > 0) {
  console.error(`Out of date: ${stale.join(", ")}. Run: npx -y pnpm@12 generate`);
  process.exit(1);
}
