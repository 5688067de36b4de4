import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWire } from "./fixtures/wire.ts";
import { PNG, startOcrApi, type TestOcrApi } from "./fixtures/start-ocr-api.ts";

let wire: Awaited<ReturnType<typeof createWire>>;
let api: TestOcrApi;
beforeEach(async () => {
  wire = await createWire(process.env["REDIS_URL"]);
  api = await startOcrApi(wire.url);
});
afterEach(async () => {
  await api.close();
  await wire.close();
});

describe("while Redis is away", () => {
  it("every call is 503 with Retry-After, nothing is stored, and all is well again afterwards", async () => {
    const document = await api.submitted();
    wire.cut();
    const answers = await Promise.all([
      api.submit({ payload: PNG }),
      api.get(document.links.self),
      api.get(document.links.result),
      api.get("/v1/documents"),
      api.get("/v1/languages"),
      api.remove(document.id),
    ]);
    for (const answer of answers) {
      expect([answer.statusCode, answer.json().code]).toEqual([503, "dependency-unavailable"]);
      expect(answer.headers["retry-after"]).toBe("1");
      expect(answer.json().detail).not.toMatch(/timed out|ECONN/);
    }
    expect((await api.app.inject("/readyz")).json()).toEqual({ status: "unavailable", unavailable: ["redis"] });
    expect((await api.app.inject("/livez")).statusCode).toBe(200);
    expect(await api.stored()).toHaveLength(1);

    wire.mend();
    await vi.waitFor(async () => expect((await api.app.inject("/readyz")).statusCode).toBe(200), { timeout: 20_000 });
    expect((await api.get(document.links.self)).json()).toMatchObject({ id: document.id, status: "queued" });
    expect((await api.submit({ payload: PNG })).statusCode).toBe(202);
  });

  it("who waits for a document goes on waiting when Redis is back", async () => {
    const document = await api.submitted();
    const waiting = api.get(`${document.links.self}?wait=60`);
    await vi.waitFor(async () =>
      expect(await api.redis.pubsub("NUMSUB", `${api.prefix}:documents:changes`)).toContain(1),
    );
    wire.cut();
    wire.mend();
    await vi.waitFor(async () => api.finish(document.id), { timeout: 20_000 });
    const answer = await waiting;
    expect([answer.statusCode, answer.json().status]).toEqual([200, "succeeded"]);
  });

  it("a connection whose other end has vanished without a word is given up and made anew", async () => {
    const document = await api.submitted();
    wire.freeze();
    expect((await api.get(document.links.self)).statusCode).toBe(503);
    await vi.waitFor(async () => expect((await api.app.inject("/readyz")).statusCode).toBe(200), { timeout: 40_000 });
    expect((await api.get(document.links.self)).json()).toMatchObject({ id: document.id });
    // Nothing is asked on the subscription, so only the kernel's own probes would end it; the test does it for them.
    wire.cut();
    wire.mend();
  });
});
