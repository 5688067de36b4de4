import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const script = `
  import { createLogger } from "@lectura/runtime";
  import { createMetrics } from "@lectura/telemetry";
  import { createApp } from "${new URL("app.ts", import.meta.url).href}";
  const log = createLogger({ service: "tiny", level: "info" });
  const app = createApp({ service: "tiny", log, metrics: createMetrics("tiny"), dependencies: [] });
  app.get("/fail", async () => { throw new Error("secret internals"); });
  app.post("/echo", async (request) => request.body);
  await app.listen({ host: "127.0.0.1", port: 0 });
  log.info({ port: app.server.address().port }, "listens");
`;

interface LogLine {
  message: string;
  port?: number;
  route?: string;
  trace_id?: string;
  request_id?: string;
  err?: { message: string };
}

let service: ChildProcess;
let output: Interface;
let url: string;
const lines: LogLine[] = [];

beforeAll(async () => {
  const register = import.meta.resolve("@lectura/telemetry/register");
  const args = ["--import", register, "--input-type=module", "-e", script];
  const child = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    env: {},
    stdio: ["ignore", "pipe", "inherit"],
  });
  service = child;
  output = createInterface(child.stdout).on("line", (line) => {
    const parsed: LogLine = JSON.parse(line);
    lines.push(parsed);
  });
  while (lines.at(-1)?.message !== "listens") await once(output, "line");
  url = `http://127.0.0.1:${lines.at(-1)?.port}`;
});
afterAll(() => service.kill("SIGKILL"));

/** The lines logged for a call, once it has been answered. */
const logOf = async (requestId: string): Promise<LogLine[]> => {
  const own = () => lines.filter((line) => line.request_id === requestId);
  while (!own().some(({ message }) => message === "answered")) await once(output, "line");
  return own();
};

const TRACE = "0af7651916cd43dd8448eb211c80319c";

describe("a call in a trace", () => {
  test.each(["/fail", "/nothing", "/%zz"])(
    "is answered with the trace's id, in header and problem: %s",
    async (path) => {
      const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
      const answer = await fetch(url + path, { headers: { traceparent } });
      expect(answer.headers.get("x-trace-id")).toBe(TRACE);
      expect(await answer.json()).toMatchObject({ trace_id: TRACE });
    },
  );

  test("is in B3's trace when two are given", async () => {
    const headers = {
      traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
      b3: "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1",
    };
    const answer = await fetch(`${url}/nothing`, { headers });
    expect(answer.headers.get("x-trace-id")).toBe("463ac35c9f6413ad48485a3953bb6124");
  });

  test("still has it after its body was read", async () => {
    const answer = await fetch(`${url}/echo`, {
      method: "POST",
      headers: {
        traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
        "content-type": "application/json",
        "x-request-id": "with-body",
      },
      body: JSON.stringify("x".repeat(200_000)),
    });
    await answer.text();
    expect(await logOf("with-body")).toEqual([expect.objectContaining({ message: "answered", trace_id: TRACE })]);
  });

  test("can be found in the log by the ids in its answer, with the fault that the answer keeps to itself", async () => {
    const answer = await fetch(`${url}/fail?token=secret`, { headers: { "x-request-id": "quoted-by-a-client" } });
    expect(await answer.text()).not.toContain("secret");
    const logged = await logOf("quoted-by-a-client");
    const trace_id = answer.headers.get("x-trace-id");
    expect(logged).toEqual([
      expect.objectContaining({
        level: "error",
        trace_id,
        code: "internal",
        err: expect.objectContaining({ message: "secret internals" }),
      }),
      expect.objectContaining({ level: "info", trace_id, method: "GET", route: "/fail", status: 500 }),
    ]);
    expect(JSON.stringify(logged)).not.toContain("token");
  });
});

test("a call outside a trace gets one of its own", async () => {
  const ids = await Promise.all([0, 1].map(async () => (await fetch(`${url}/nothing`)).headers.get("x-trace-id")));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(ids[0]).not.toBe(ids[1]);
});

test("probes are answered without a line in the log", async () => {
  const probes = ["/startupz", "/livez", "/readyz", "/version"];
  for (const path of probes) await (await fetch(url + path)).text();
  await fetch(`${url}/nothing`, { headers: { "x-request-id": "after-probes" } });
  await logOf("after-probes");
  expect(lines.filter(({ route }) => route !== undefined && probes.includes(route))).toEqual([]);
});
