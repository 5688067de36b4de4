#!/usr/bin/env node
// Plain JavaScript without new syntax, so that an old Node can still say what is wrong.
import process from "node:process";

const OLDEST = 24;
const present = process.versions.node;

if (Number(present.split(".")[0]) < OLDEST) {
  console.error(
    `Lectura needs Node ${OLDEST} or newer, and this is Node ${present}.\n` +
      "On Linux (x64, arm64) pnpm brings the right one by itself. In the folder of Lectura:\n" +
      "    npx -y pnpm@12 install\n" +
      "    npx -y pnpm@12 start\n" +
      `If you see this nevertheless, or use another system: install Node ${OLDEST} (https://nodejs.org) and start again.`,
  );
  process.exit(1);
}

const { runCommandLine } = await import("../src/command-line.ts");
process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  // pnpm runs scripts in the package's folder and says here where the user was.
  folder: process.env.INIT_CWD || process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
});
