import { once } from "node:events";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { createLogger } from "@lectura/runtime";
import { createMetrics } from "@lectura/telemetry";
import type { FastifyInstance, FastifyReply } from "fastify";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createApp } from "./app.ts";
import { closeApp } from "./close-app.ts";

let app: FastifyInstance;
let url: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const log = createLogger({ service: "tiny", level: "fatal" });
  app = createApp({ service: "tiny", log, metrics: createMetrics("tiny"), dependencies: [] });
  app.get("/slow", (_request, reply) => {
    app.server.emit("slow call", reply);
  });
  url = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A call that has arrived, and the reply it waits for. */
const arrived = async (): Promise<{ answer: Promise<Response>; reply: FastifyReply }> => {
  const arrival = once(app.server, "slow call");
  const answer = fetch(`${url}/slow`);
  answer.catch(() => {});
  const [reply]: FastifyReply[] = await arrival;
  if (!reply) throw new Error("there is no reply to wait for");
  return { answer, reply };
};

describe("closing an app", () => {
  test("lets running calls finish and takes no new ones", async () => {
    const { answer, reply } = await arrived();
    const closed = closeApp(app);
    await expect(fetch(`${url}/livez`)).rejects.toThrow("fetch failed");
    void reply.send({ done: true });
    expect((await answer).headers.get("connection")).toBe("close");
    expect(await (await answer).json()).toEqual({ done: true });
    await closed;
  });

  test("answers a call that comes on a connection it had accepted before", async () => {
    const accepted = once(app.server, "connection");
    const socket = connect(Number(new URL(url).port), "127.0.0.1").setEncoding("utf8");
    await accepted;
    const { answer, reply } = await arrived();
    const closed = closeApp(app);
    await vi.waitFor(() => expect(app.server.listening).toBe(false));
    socket.write("GET /livez HTTP/1.1\r\nhost: x\r\n\r\n");
    const [text] = await once(socket, "data");
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n(.+\r\n)*connection: close\r\n/i);
    void reply.send({ done: true });
    await (await answer).json();
    await closed;
  });

  test("does not wait for the connection of a call whose answer had begun before", async () => {
    const { answer, reply } = await arrived();
    const body = new Readable({ read: () => {} });
    body.push("begun");
    void reply.send(body);
    const { body: received } = await answer;
    const closed = closeApp(app);
    await vi.waitFor(() => expect(app.server.listening).toBe(false));
    body.push(null);
    expect(await new Response(received).text()).toBe("begun");
    await closed;
  });

  test("gives them twenty seconds, then cuts them off", async () => {
    const { answer } = await arrived();
    let isClosed = false;
    const closed = closeApp(app).then(() => (isClosed = true));
    await vi.advanceTimersByTimeAsync(19_999);
    expect(isClosed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await closed;
    await expect(answer).rejects.toThrow("fetch failed");
  });

  test("does not wait for connections on which nothing happens", async () => {
    await (await fetch(`${url}/livez`)).text();
    await closeApp(app);
    expect(app.server.listening).toBe(false);
  });
});
