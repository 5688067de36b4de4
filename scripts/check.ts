// `npx -y pnpm@12 check`: everything that can be said about the code in half a minute.
import { spawn } from "node:child_process";
import { once } from "node:events";

const checks: [name: string, command: string, ...args: string[]][] = [
  ["format", "oxfmt", "--check", "."],
  ["lint", "oxlint", "--type-aware"],
  ["types", "tsc", "--noEmit"],
  ["boundaries", "turbo", "boundaries"],
  ["unused", "knip"],
  ["licences", process.execPath, "scripts/licences.ts"],
  ["generated files", process.execPath, "scripts/generate.ts", "--check"],
  ["tests of what changed", process.execPath, "scripts/test.ts", "--changed", "--project=unit"],
];

const run = async ([name, command, ...args]: (typeof checks)[number]): Promise<boolean> => {
  const began = performance.now();
  const child = spawn(command, args, { env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" } });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
  const [code] = await once(child, "close");
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${code === 0 ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (code !== 0) process.stdout.write(Buffer.concat(output));
  return code === 0;
};

let clean = true;
for (const check of checks) clean = (await run(check)) && clean;
process.exit(clean ? 0 : 1);
