import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { root } from "../fixtures/platform.ts";

/** Runs a program at the checkout; what it says goes to standard error as it comes, and is answered. */
export const run = async (program: string, ...args: string[]): Promise<string> => {
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) stream.pipe(process.stderr, { end: false });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (child.exitCode !== 0) throw new Error(`${[program, ...args].join(" ")} ended with ${child.exitCode}`);
  return out + err;
};
