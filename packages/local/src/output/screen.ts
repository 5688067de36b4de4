import type { OutputLine } from "../processes/child.ts";
import type { Log } from "./log.ts";
import { renderLine } from "./render-line.ts";

/** What a person sees while the platform works: a log, and below it, on a terminal, one line that changes in place. */
export interface Screen extends Log {
  /** A line from a service. */
  line(line: OutputLine): void;
  /** Text as it is, such as where the platform answers. */
  print(text: string): void;
  /** Shows how far the work is: in place on a terminal, else as one more line; undefined takes it away. */
  progress(text: string | undefined): void;
}

const ERASE_LINE = "\r\u001B[K";

/** `quiet` leaves out what the services say unless it is a warning or an error. */
export const createScreen = (options: {
  out: Pick<NodeJS.WriteStream, "write" | "isTTY" | "columns">;
  quiet: boolean;
  env: NodeJS.ProcessEnv;
}): Screen => {
  const { out, quiet, env } = options;
  const colours = out.isTTY && !env["NO_COLOR"];
  let below: string | undefined;

  const print = (text: string): void => {
    out.write(below === undefined ? `${text}\n` : `${ERASE_LINE}${text}\n${below}`);
  };
  const line = (entry: OutputLine): void => {
    const { text, serious } = renderLine(entry, colours);
    if (serious || !quiet) print(text);
  };
  const ofLauncher = (level: "info" | "warn") => (message: string) =>
    print(
      renderLine(
        {
          source: "lectura",
          stream: "stdout",
          text: JSON.stringify({ level, time: new Date().toISOString(), message }),
        },
        colours,
      ).text,
    );

  const inPlace = (text: string | undefined): void => {
    // A line that wraps could not be erased again.
    below = text?.slice(0, (out.columns || 80) - 1);
    out.write(`${ERASE_LINE}${below ?? ""}`);
  };
  let lastPlain: string | undefined;
  const oneMore = (text: string | undefined): void => {
    if (text !== undefined && text !== lastPlain) out.write(`${text}\n`);
    lastPlain = text;
  };
  return { info: ofLauncher("info"), warn: ofLauncher("warn"), line, print, progress: out.isTTY ? inPlace : oneMore };
};
