import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { killGroup } from "./signal-process.ts";
import { tieToLauncher } from "./tie-to-launcher.ts";

export interface ProcessSpec {
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Asked again and again after a start: undefined once the process does its work, until then why not. */
  notReadyBecause(signal: AbortSignal): Promise<string | undefined>;
}

export interface OutputLine {
  source: string;
  stream: "stdout" | "stderr";
  text: string;
}

/** A process from its birth to its end, with its last lines. */
export interface Child {
  pid: number | undefined;
  /** How it ended, as the end of a sentence: "exit code 1". Never rejects. */
  ended: Promise<string>;
  lastLines(): readonly OutputLine[];
}

/** Enough for a stack trace with the sentence above it. */
const KEPT_LINES = 25;

/** Starts a process in a group of its own, so that a terminal's Ctrl-C reaches only the launcher. */
export const startChild = (spec: ProcessSpec, onLine: (line: OutputLine) => void): Child => {
  const [command, args] = tieToLauncher(spec.command, spec.args);
  const child = spawn(command, args, {
    env: spec.env,
    cwd: spec.cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lastLines: OutputLine[] = [];
  const listen = (stream: "stdout" | "stderr", readable: Readable): void => {
    createInterface({ input: readable }).on("line", (text) => {
      const line = { source: spec.name, stream, text };
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      onLine(line);
    });
  };
  listen("stdout", child.stdout);
  listen("stderr", child.stderr);
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  child.once("error", (error) => resolve(error.message));
  // Whatever the process itself had started would go on without it, and hold its output open.
  child.once("exit", () => child.pid && killGroup(child.pid));
  child.once("close", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  return { pid: child.pid, ended, lastLines: () => lastLines };
};
