import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isFull, isOutage } from "./outage.ts";

const withCode = (code: string) => Object.assign(new Error("failed"), { code });
const withName = (name: string) => Object.assign(new Error("failed"), { name });

describe("an outage is told from a mistake of ours:", () => {
  test.each([
    ["a refused connection", withCode("ECONNREFUSED")],
    ["a host that cannot be reached", withCode("EHOSTUNREACH")],
    ["a full disk", withCode("ENOSPC")],
    ["a disk that fails", withCode("EIO")],
    ["a name server that is away", withCode("EAI_AGAIN")],
    ["ioredis that has given up", withName("MaxRetriesPerRequestError")],
    ["S3 that is busy", withName("SlowDown")],
    ["a Redis that does not answer in time", new Error("Command timed out")],
    ["a Redis connection that is closed", new Error("Connection is closed.")],
    [
      "a Redis connection that cannot be written to",
      new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    ],
    ["a Redis that is starting", new Error("LOADING Redis is loading the dataset in memory")],
    ["a Redis that is full", new Error("OOM command not allowed when used memory > 'maxmemory'.")],
    ["a Redis that became a replica", new Error("READONLY You can't write against a read only replica.")],
    ["a Redis that cannot write", new Error("MISCONF Errors writing to the AOF file: No space left on device")],
    ["whatever was caused by one", new Error("outer", { cause: new Error("inner", { cause: withCode("EPIPE") }) })],
  ])("%s is one", (_, error) => {
    expect(isOutage(error)).toBe(true);
  });

  test.each([
    ["a missing file", withCode("ENOENT")],
    ["a port that is taken", withCode("EADDRINUSE")],
    ["a mistake in the code", new TypeError("x is not a function")],
    ["a wrong type in Redis", new Error("WRONGTYPE Operation against a key holding the wrong kind of value")],
    ["a text that only speaks of one", new Error("the answer was OOM or LOADING ")],
    ["a text", "ECONNREFUSED"],
    ["nothing", undefined],
  ])("%s is none", (_, error) => {
    expect(isOutage(error)).toBe(false);
  });
});

const fetched = async (port: number, signal?: AbortSignal): Promise<unknown> => {
  const answer = fetch(`http://127.0.0.1:${port}/`, signal ? { signal } : {});
  return answer.then(
    () => "an answer",
    (error: unknown) => error,
  );
};

test.each([
  ["a full disk", withCode("ENOSPC"), true],
  ["a share of a disk that is used up", withCode("EDQUOT"), true],
  ["a Redis that is full", new Error("OOM command not allowed when used memory > 'maxmemory'."), true],
  ["whatever was caused by one", new Error("outer", { cause: withCode("ENOSPC") }), true],
  ["a disk that fails", withCode("EIO"), false],
  ["a text", "ENOSPC", false],
])("%s is told from what is merely away", (_, error, full) => {
  expect(isFull(error)).toBe(full);
});

describe("fetch", () => {
  const hangsUp = createServer((socket) => socket.once("data", () => socket.destroy()));
  const silent = createServer((socket) => socket.on("data", () => {}).on("error", () => {}));
  const portOf = (server: typeof hangsUp): number => {
    const address: AddressInfo | string | null = server.address();
    return typeof address === "object" && address ? address.port : 0;
  };

  beforeAll(async () => {
    for (const server of [hangsUp, silent]) await once(server.listen(0, "127.0.0.1"), "listening");
  });
  afterAll(() => {
    for (const server of [hangsUp, silent]) server.close();
  });

  test("meets an outage where nobody listens", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const port = portOf(gone);
    await once(gone.close(), "close");
    expect(isOutage(await fetched(port))).toBe(true);
  });

  test("meets an outage where the other side hangs up", async () => {
    expect(isOutage(await fetched(portOf(hangsUp)))).toBe(true);
  });

  test("meets an outage where nobody answers in time", async () => {
    expect(isOutage(await fetched(portOf(silent), AbortSignal.timeout(20)))).toBe(true);
  });
});
