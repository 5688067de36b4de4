import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { CreatedApiKey, CreatedUser, Document, isFinal, SessionAnswer } from "@lectura/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sample } from "./fixtures/client.ts";
import { endPlatform, startPlatform, type TestPlatform } from "./fixtures/platform.ts";

const METRICS_ABOVE = 1000;
const FILENAME = "marked-file-name.png";
const PASSWORD = "marked password";
const WRONG_PASSWORD = "marked wrong password";

const spans: Buffer[] = [];
const collector = createServer((request, response) => {
  request.on("data", (chunk: Buffer) => spans.push(chunk)).on("end", () => response.end("{}"));
});
let platform: TestPlatform;
beforeAll(async () => {
  await once(collector.listen(0, "127.0.0.1"), "listening");
  const address = collector.address();
  const port = typeof address === "object" ? address?.port : 0;
  platform = await startPlatform({
    env: { LOG_LEVEL: "debug", OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
  });
});
afterAll(async () => {
  await endPlatform(platform);
  collector.close();
});

const errors: string[] = [];
const call = async (path: string, init: RequestInit = {}, headers: Record<string, string> = {}): Promise<unknown> => {
  const answer = await fetch(`${platform.url}${path}`, {
    ...init,
    headers: { "x-api-key": platform.apiKey, ...headers },
  });
  const text = await answer.text();
  if (!answer.ok) errors.push(text);
  return text ? JSON.parse(text) : undefined;
};
const post = async (path: string, body: object, headers: Record<string, string> = {}): Promise<unknown> =>
  call(path, { method: "POST", body: JSON.stringify(body) }, { "content-type": "application/json", ...headers });

test("logs, traces, metrics and error bodies have no token, key, password, text or file name", async () => {
  const { key } = CreatedApiKey.parse(await post("/v1/api-keys", { name: "scanner", scopes: ["documents:read"] }));
  const email = "ana@example.org";
  const { invite_token } = CreatedUser.parse(await post("/v1/users", { email, role: "owner" }));
  await post("/v1/auth/accept-invite", { token: invite_token, password: PASSWORD });
  const session = SessionAnswer.parse(await post("/v1/auth/login", { email, password: PASSWORD }));
  await post("/v1/auth/login", { email, password: WRONG_PASSWORD });
  await post("/v1/auth/login", { email, password: WRONG_PASSWORD, more: WRONG_PASSWORD });
  await post("/v1/auth/refresh", { refresh_token: session.refresh_token });
  await post("/v1/auth/refresh", { refresh_token: session.refresh_token });
  await call("/v1/documents", {}, { "x-api-key": key });
  await call("/v1/documents", { method: "POST", body: "x" }, { "x-api-key": key });
  await call(`/v1/documents?api_key=${key}`);
  await call("/v1/auth/me", {}, { authorization: `Bearer ${session.access_token}x`, "x-api-key": "" });

  const { bytes } = await sample("carta.png");
  const upload = { method: "POST", body: bytes };
  const named = { "content-disposition": `attachment; filename="${FILENAME}"`, prefer: "wait=60" };
  const document = Document.parse(await call("/v1/documents", upload, named));
  expect(isFinal(document.status)).toBe(true);
  await call("/v1/documents?pages=none", upload, named);
  await call("/v1/documents", { method: "POST", body: "no picture" }, named);

  const processes = await platform.processes();
  const metrics = await Promise.all(
    processes
      .filter(({ name }) => name !== "redis")
      .map(async ({ port }) => (await fetch(`http://127.0.0.1:${port + METRICS_ABOVE}/metrics`)).text()),
  );
  await platform.stop();
  const logFolder = join(platform.home, "log");
  const logs = await Promise.all((await readdir(logFolder)).map((file) => readFile(join(logFolder, file), "utf8")));

  const places = {
    logs: [platform.log().replaceAll(platform.apiKey, ""), ...logs].join("\n"),
    traces: Buffer.concat(spans).toString("latin1"),
    metrics: metrics.join("\n"),
    errors: errors.join("\n"),
  };
  // Each place holds what it is there for: an empty one would show nothing.
  expect(places.logs).toContain(document.trace_id);
  expect(places.traces).toContain("/v1/documents");
  expect(places.metrics).toContain("http_server_request_duration_seconds_count");
  expect(errors.length).toBeGreaterThanOrEqual(6);

  const marked = {
    "an API key": key,
    "a secret": key.slice(-43),
    "the first key": platform.apiKey.slice(-43),
    "an access token": session.access_token,
    "a refresh token": session.refresh_token,
    "an invitation": invite_token,
    "a password": PASSWORD,
    "a wrong password": WRONG_PASSWORD,
    "a file name": FILENAME,
    "a text": "Administradora",
  };
  for (const [place, text] of Object.entries(places))
    for (const [what, value] of Object.entries(marked))
      expect(text.includes(value), `${place} have ${what}`).toBe(false);
});
