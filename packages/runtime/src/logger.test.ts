import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const logger = JSON.stringify(new URL("logger.ts", import.meta.url).href);

/** What a process of its own has logged. */
const logOf = async (script: string): Promise<unknown[]> => {
  const program = `import { createLogger } from ${logger};
    const log = createLogger({ service: "auth", level: "info" }); ${script}`;
  const { stdout } = spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return (await text(stdout))
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
};

test("a log line is an event with fields, a time and the service's name", async () => {
  expect(await logOf('log.info({ route: "/v1/documents" }, "answered"); log.debug("left out");')).toEqual([
    {
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: "auth",
      route: "/v1/documents",
      message: "answered",
    },
  ]);
});

test("a process that is killed has said everything it was asked to say, in order", async () => {
  const lines = await logOf(
    'for (let i = 0; i < 5; i += 1) log.info({ i }, "line"); process.kill(process.pid, "SIGKILL");',
  );
  expect(lines).toEqual([0, 1, 2, 3, 4].map((i): unknown => expect.objectContaining({ i })));
});
