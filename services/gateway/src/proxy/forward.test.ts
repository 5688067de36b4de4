import { once } from "node:events";
import { type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { json } from "node:stream/consumers";
import { Problem } from "@lectura/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startGateway, type TestGateway } from "../fixtures/start-gateway.ts";

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

/** A call with any header a client may think of; `fetch` refuses to send some. */
const open = (path: string, { headers = {}, ...options }: { method?: string; headers?: OutgoingHttpHeaders } = {}) =>
  request(`${gateway.url}${path}`, { ...options, headers: { "x-api-key": gateway.apiKey, ...headers } });

const call = async (path: string, options: Parameters<typeof open>[1] = {}): Promise<IncomingMessage> => {
  const outgoing = open(path, options);
  outgoing.end();
  const [answer]: IncomingMessage[] = await once(outgoing, "response");
  if (!answer) throw new Error("no answer");
  return answer;
};

describe("what goes upstream", () => {
  it("the API key becomes a token; the key itself stays here", async () => {
    await call("/v1/documents?limit=3&reference=a%20b");
    const [seen, ...others] = gateway.ocrApi.calls;
    expect(others).toEqual([]);
    expect(seen).toMatchObject({ method: "GET", url: "/v1/documents?limit=3&reference=a%20b" });
    expect(seen?.headers.authorization).toMatch(/^Bearer ey/);
    expect(JSON.stringify(seen)).not.toContain(gateway.apiKey);
  });

  it.each(["?reference=%ff", "?reference=%ED%A0%80", "?reference=../a", "?reference=%2e%2e%2f", "?a?b=%00&", "?%"])(
    "a query as it came, whatever it says: %s",
    async (query) => {
      expect((await call(`/v1/documents${query}`)).statusCode).toBe(200);
      expect(gateway.ocrApi.calls[0]?.url).toBe(`/v1/documents${query}`);
    },
  );

  it.each(["..", "%2e%2e", "..%2f..%2fv1%2flimits", "%2e%2e%5climits", ".%2e%2flimits", "doc_1%2fresult"])(
    "no id that leads elsewhere: %s is not found",
    async (id) => {
      const answer = await call(`/v1/documents/${id}`);
      expect(answer.statusCode).toBe(404);
      expect(gateway.ocrApi.calls).toEqual([]);
    },
  );

  it("a token goes on as it came", async () => {
    const authorization = `Bearer ${await gateway.authority.token(["documents:read"])}`;
    await gateway.app.inject({ url: "/v1/documents", headers: { authorization } });
    expect(gateway.ocrApi.calls[0]?.headers.authorization).toBe(authorization);
  });

  it("nothing that is between client and gateway only, or that only the gateway may say", async () => {
    const dropped = {
      connection: "keep-alive, x-private",
      "x-private": "1",
      "keep-alive": "timeout=5",
      "proxy-connection": "keep-alive",
      te: "trailers",
      upgrade: "h2c",
      "x-forwarded-host": "bank.test",
      "x-forwarded-proto": "https",
      "x-forwarded-port": "443",
      "x-forwarded-prefix": "/admin",
      "x-real-ip": "10.0.0.1",
      forwarded: "for=10.0.0.1",
      "x-envoy-retry-on": "5xx",
      "x-envoy-max-retries": "9",
      traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
      tracestate: "a=1",
      b3: `${"a".repeat(32)}-${"b".repeat(16)}-1`,
      "x-b3-traceid": "a".repeat(32),
    };
    const kept = { accept: "text/html", prefer: "wait=3", "if-none-match": '"a"', "x-request-id": "mine-1" };
    await call("/v1/documents/doc_1", { headers: { ...dropped, ...kept, "x-forwarded-for": "10.0.0.1" } });
    const headers = gateway.ocrApi.calls[0]?.headers ?? {};
    expect(headers).toMatchObject({ ...kept, connection: "keep-alive", "x-forwarded-for": "127.0.0.1" });
    const { connection: _, ...others } = dropped;
    expect(Object.keys(headers).filter((name) => name in others)).toEqual([]);
  });

  it("HEAD as HEAD, with the upstream's headers and no body", async () => {
    gateway.ocrApi.answer = (_request, response) =>
      response.writeHead(200, { etag: '"1"', "content-length": "7" }).end();
    const answer = await call("/v1/documents/doc_1/result", { method: "HEAD" });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ etag: '"1"', "content-length": "7" });
    expect(gateway.ocrApi.calls).toMatchObject([{ method: "HEAD", url: "/v1/documents/doc_1/result" }]);
  });

  it.each([
    ["/v1/api-keys", "auth"],
    ["/v1/auth/me", "auth"],
    ["/v1/languages", "ocr-api"],
  ])("%s to its owner, %s", async (path, owner) => {
    await call(path);
    const owners = { auth: gateway.authority.upstream, "ocr-api": gateway.ocrApi };
    const reached = Object.entries(owners).filter(([, { calls }]) => calls.some(({ url }) => url === path));
    expect(reached.map(([name]) => name)).toEqual([owner]);
  });
});

describe("what comes back", () => {
  it("the upstream's answer, under the gateway's own ids", async () => {
    const theirs = { "x-trace-id": "theirs", "x-request-id": "theirs" };
    const passedOn = { "retry-after": "7", "x-lectura-version": "risky", "cache-control": "no-store" };
    gateway.ocrApi.answer = (_request, response) => response.writeHead(410, { ...theirs, ...passedOn }).end("gone");
    const answer = await call("/v1/documents/doc_1", { headers: { "x-request-id": "mine-2" } });
    expect(answer.statusCode).toBe(410);
    expect(answer.headers).toMatchObject({ "x-request-id": "mine-2", ...passedOn });
    expect(answer.headers["x-trace-id"]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("JSON is not touched: numbers, order and spaces stay", async () => {
    const body = '{ "b": 1.0, "a": 12345678901234567890 }';
    gateway.ocrApi.answer = (_request, response) => response.setHeader("content-type", "application/json").end(body);
    expect(await (await fetch(`${gateway.url}/v1/limits`, { headers: { "x-api-key": gateway.apiKey } })).text()).toBe(
      body,
    );
  });
});

describe("one call of a client is one call upstream", () => {
  it("also when the upstream says 503", async () => {
    gateway.ocrApi.answer = (_request, response) => response.writeHead(503, { "retry-after": "0" }).end();
    expect((await call("/v1/documents")).statusCode).toBe(503);
    expect(gateway.ocrApi.calls).toHaveLength(1);
  });

  it("also when the upstream hangs up", async () => {
    gateway.ocrApi.answer = (request) => request.destroy();
    const answer = await call("/v1/documents");
    expect([answer.statusCode, Problem.parse(await json(answer))]).toMatchObject([
      503,
      { code: "dependency-unavailable", retryable: true, instance: "/v1/documents" },
    ]);
    expect(gateway.ocrApi.calls).toHaveLength(1);
  });

  it("an upstream that is not there is 503", async () => {
    await gateway.ocrApi.close();
    expect((await call("/v1/documents")).statusCode).toBe(503);
  });
});

describe("a client that goes away", () => {
  it("in the middle of its upload ends the upstream's too", async () => {
    const outgoing = open("/v1/documents", { method: "POST", headers: { "content-length": "500000" } });
    outgoing.on("error", () => {});
    const reached = Promise.withResolvers<void>();
    const { answer } = gateway.ocrApi;
    gateway.ocrApi.answer = (incoming, response, seen) => {
      answer(incoming, response, seen);
      incoming.once("data", () => reached.resolve());
    };
    outgoing.write(Buffer.alloc(1000));
    await reached.promise;
    outgoing.destroy();
    expect(await gateway.ocrApi.calls[0]?.ended).toBe("cut");
  });

  it("in the middle of the answer ends the upstream's too", async () => {
    const closed = Promise.withResolvers<void>();
    gateway.ocrApi.answer = (_request, response) => {
      response.on("close", () => closed.resolve()).write("the first part");
    };
    const outgoing = open("/v1/documents/doc_1/result");
    outgoing.on("error", () => {}).end();
    const [incoming] = await once(outgoing, "response");
    await once(
      incoming.on("error", () => {}),
      "data",
    );
    outgoing.destroy();
    await closed.promise;
  });

  it("before the answer ends the upstream's too", async () => {
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    gateway.ocrApi.answer = (_request, response) => {
      response.on("close", () => closed.resolve());
      arrived.resolve();
    };
    const outgoing = open("/v1/documents/doc_1?wait=60");
    outgoing.on("error", () => {}).end();
    await arrived.promise;
    outgoing.destroy();
    await closed.promise;
  });
});

describe("an answer that takes its time", () => {
  it("is passed on piece by piece, as events are", async () => {
    const { ocrApi } = gateway;
    const heard = Promise.withResolvers<void>();
    ocrApi.answer = async (_request, response) => {
      response.setHeader("content-type", "text/event-stream").write("id: 1\n\n");
      await heard.promise;
      response.end("id: 2\n\n");
    };
    const answer = await call(`/v1/documents/doc_${"0".repeat(32)}/events`, { headers: { "last-event-id": "7" } });
    expect(ocrApi.calls[0]?.headers["last-event-id"]).toBe("7");
    expect(answer.headers["content-type"]).toBe("text/event-stream");
    const pieces: string[] = [];
    for await (const piece of answer) {
      pieces.push(String(piece));
      heard.resolve();
    }
    expect(pieces).toEqual(["id: 1\n\n", "id: 2\n\n"]);
  });
});
