import { describe, expect, test } from "vitest";
import { createScreen } from "./screen.ts";

const ERASE = "\r\u001B[K";

/** A terminal, or a pipe, that remembers what was written. */
const screenOn = (options: { isTTY: boolean; quiet?: boolean; env?: NodeJS.ProcessEnv }) => {
  let written = "";
  const out = { isTTY: options.isTTY, columns: 20, write: (text: string) => ((written += text), true) };
  const screen = createScreen({ out, quiet: options.quiet ?? false, env: options.env ?? {} });
  return { screen, written: () => written };
};
const said = (level: string, message: string) => ({
  source: "auth",
  stream: "stdout" as const,
  text: JSON.stringify({ level, time: "2026-11-22T10:11:12.345Z", message }),
});

test("a quiet screen shows only what is serious from the services, and everything from the launcher", () => {
  const { screen, written } = screenOn({ isTTY: false, quiet: true });
  screen.line(said("info", "chatter"));
  screen.line(said("warn", "careful"));
  screen.info("unpacking");
  expect(written()).toMatch(/^\S+ auth {7}warn: careful\n\S+ lectura {4}unpacking\n$/);
});

test("colours are for terminals that want them", () => {
  for (const [isTTY, env, coloured] of [
    [true, {}, true],
    [true, { NO_COLOR: "1" }, false],
    [false, {}, false],
  ] as const) {
    const { screen, written } = screenOn({ isTTY, env });
    screen.info("hello");
    expect(written().includes("\u001B[")).toBe(coloured);
  }
});

describe("progress", () => {
  test("changes in place on a terminal, stays below the log and is never longer than a line", () => {
    const { screen, written } = screenOn({ isTTY: true, env: { NO_COLOR: "1" } });
    screen.progress("a very long file name.pdf  page 1 of 3");
    screen.print("log");
    screen.progress(undefined);
    expect(written()).toBe(`${ERASE}a very long file na${ERASE}log\na very long file na${ERASE}`);
  });

  test("is plain lines in a pipe, each once", () => {
    const { screen, written } = screenOn({ isTTY: false });
    for (const text of ["page 1 of 2", "page 1 of 2", "page 2 of 2", undefined]) screen.progress(text);
    expect(written()).toBe("page 1 of 2\npage 2 of 2\n");
  });
});
