import type { Command, Surroundings } from "./commands/command.ts";
import { models } from "./commands/models.ts";
import { keys, tenants, users } from "./commands/operate.ts";
import { reset } from "./commands/reset.ts";
import { start } from "./commands/start.ts";
import { status } from "./commands/status.ts";
import { stop } from "./commands/stop.ts";
import { ExplainedError } from "./explained-error.ts";

const commands: Record<string, Command> = { start, status, stop, reset, tenants, users, keys, models };
const WRONG_USAGE = 2;

const usage = (): string => {
  const lines = Object.values(commands).map((command) => `  ${command.usage.padEnd(37)} ${command.does}`);
  return `Usage: npx -y pnpm@12 lectura COMMAND\n\n${lines.join("\n")}\n\nLECTURA_HOME moves the data, LECTURA_PORT all ports.\n`;
};

/** Runs one command line and gives the exit code. */
export const runCommandLine = async (args: readonly string[], around: Surroundings): Promise<number> => {
  const [name = "", ...rest] = args.filter((arg) => arg !== "--");
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const asked = name === "" || name === "help" || name === "--help" || name === "-h";
    if (!asked) around.stderr.write(`There is no command "${name}".\n\n`);
    (asked ? around.stdout : around.stderr).write(usage());
    return asked ? 0 : WRONG_USAGE;
  }
  try {
    return await command.run(rest, around);
  } catch (error) {
    if (!(error instanceof ExplainedError)) throw error;
    around.stderr.write(`\n${error.message}\n`);
    return 1;
  }
};
