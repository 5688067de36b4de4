import { ProblemError } from "@lectura/contracts";
import { z } from "zod";
import type { operatorCommands } from "./commands.ts";

type Commands = ReturnType<typeof operatorCommands>;

const WRONG_USAGE = 2;

const usage = (commands: Commands): string => {
  const lines = Object.entries(commands).map(([name, { needs }]) => `  ${[name, ...needs].join(" ")}\n`);
  return `Usage:\n${lines.join("")}`;
};

const render = (result: Record<string, string> | object[]): string =>
  Array.isArray(result)
    ? result.map((item) => `${JSON.stringify(item)}\n`).join("")
    : Object.entries(result)
        .map(([name, value]) => `${name}=${value}\n`)
        .join("");

/** Why a command was refused; undefined for what is no refusal. */
const explain = (error: unknown): string | undefined => {
  if (error instanceof ProblemError) return error.message;
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n");
  return undefined;
};

/** Runs one of the operator's commands: what it prints, and its exit code. */
export const runOperator = async (
  commands: Commands,
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> => {
  const [subject = "", verb = "", ...given] = args;
  const name = `${subject} ${verb}`;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command || command.needs.length !== given.length)
    return { code: WRONG_USAGE, stdout: "", stderr: usage(commands) };
  try {
    return { code: 0, stdout: render(await command.run(...given)), stderr: "" };
  } catch (error) {
    const reason = explain(error);
    if (reason === undefined) throw error;
    return { code: 1, stdout: "", stderr: `${reason}\n` };
  }
};
