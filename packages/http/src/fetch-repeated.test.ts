import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetchRepeated } from "./fetch-repeated.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const say =
  (status: number): Answer =>
  (_request, response) => {
    response.writeHead(status).end(`answer ${status}`);
  };
const hangUp: Answer = (request) => request.destroy();
const sayNothing: Answer = () => {};

let answers: Answer[];
let calls: IncomingMessage[];
let url: string;
let close: () => Promise<void>;
const onRepeat = vi.fn<() => void>();

beforeEach(async () => {
  onRepeat.mockClear();
  [answers, calls] = [[], []];
  const server = createServer((request, response) => {
    calls.push(request);
    request.resume();
    answers[calls.length - 1]?.(request, response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/keys`;
  close = async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  };
});
afterEach(() => close());

const ask = async (signal?: AbortSignal): Promise<number> =>
  (await fetchRepeated(url, { headers: { accept: "a/b" }, signal: signal ?? null }, onRepeat)).status;

test.each([200, 304, 401, 404])("an answer is passed on: %i", async (status) => {
  answers = [say(status)];
  expect(await ask()).toBe(status);
  expect(calls.map(({ headers }) => headers["x-canary"])).toEqual([undefined]);
  expect(onRepeat).not.toHaveBeenCalled();
});

test.each([
  ["says 500", say(500)],
  ["says 503", say(503)],
  ["hangs up", hangUp],
  ["does not answer in time", sayNothing],
])("whoever %s is asked once more, and not the canary", async (_, failing) => {
  answers = [failing, say(200)];
  expect(await ask()).toBe(200);
  expect(calls.map(({ headers }) => [headers["accept"], headers["x-canary"]])).toEqual([
    ["a/b", undefined],
    ["a/b", "never"],
  ]);
  expect(onRepeat).toHaveBeenCalledOnce();
});

test("the second answer is the last, whatever it is", async () => {
  answers = [say(503), say(500), say(200)];
  expect(await ask()).toBe(500);
  answers = [hangUp, hangUp, say(200)];
  calls.length = 0;
  await expect(ask()).rejects.toThrow("fetch failed");
  expect(calls).toHaveLength(2);
});

test("when nobody waits any more it is not asked again", async () => {
  const leaving = new AbortController();
  answers = [() => leaving.abort(), say(200)];
  await expect(ask(leaving.signal)).rejects.toThrow("aborted");
  expect(calls).toHaveLength(1);
  expect(onRepeat).not.toHaveBeenCalled();
});
