import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serveHealth } from "./health-server.ts";

/** A port that was free just now. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await once(server.close(), "close");
  return typeof address === "object" && address ? address.port : 0;
};

let redisIsThere: boolean;
let asked: number;
let server: { close(): Promise<void> };
let url: string;

beforeEach(async () => {
  redisIsThere = true;
  asked = 0;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  server = await serveHealth({
    host: "127.0.0.1",
    port,
    version: { service: "ocr-worker", version: "1.2.3" },
    dependencies: [
      {
        name: "redis",
        check: async () => {
          asked += 1;
          if (!redisIsThere) throw new Error("gone");
        },
      },
    ],
  });
});
afterEach(() => server.close());

const get = async (path: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(url + path);
  expect(response.headers.get("content-type")).toBe("application/json");
  return { status: response.status, body: await response.json() };
};

describe("the health of a service without an API", () => {
  test("has started and is alive whatever its dependencies do, and asks none of them", async () => {
    redisIsThere = false;
    expect(await get("/startupz")).toEqual({ status: 200, body: { status: "ok" } });
    expect(await get("/livez")).toEqual({ status: 200, body: { status: "ok" } });
    expect(asked).toBe(0);
  });

  test("is ready as long as its dependencies answer, and names those that do not", async () => {
    expect(await get("/readyz")).toEqual({ status: 200, body: { status: "ok", unavailable: [] } });
    redisIsThere = false;
    expect(await get("/readyz")).toEqual({ status: 503, body: { status: "unavailable", unavailable: ["redis"] } });
    redisIsThere = true;
    expect(await get("/readyz")).toMatchObject({ status: 200 });
  });

  test("says its version, and nothing at any other path", async () => {
    expect(await get("/version")).toEqual({ status: 200, body: { service: "ocr-worker", version: "1.2.3" } });
    expect(await get("/")).toMatchObject({ status: 404 });
    expect(await get("/metrics")).toMatchObject({ status: 404 });
  });

  test("cannot be asked once it is closed, not even by who was connected", async () => {
    await get("/livez");
    await server.close();
    await expect(fetch(`${url}/livez`)).rejects.toThrow("fetch failed");
    server = { close: () => Promise.resolve() };
  });

  test("is not served on a port that is taken", async () => {
    const port = Number(new URL(url).port);
    await expect(serveHealth({ host: "127.0.0.1", port, version: {}, dependencies: [] })).rejects.toThrow("EADDRINUSE");
  });
});
