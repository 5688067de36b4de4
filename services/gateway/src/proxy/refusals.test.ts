import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGateway, type TestGateway } from "../fixtures/start-gateway.ts";

const LIMIT = 1_000_000;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ maxFileBytes: LIMIT });
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.ocrApi.calls.length = 0;
});

/** Sends a request's head and no byte of its body; all that comes back until the gateway hangs up or has answered. */
const sendHead = async (line: string, headers: Record<string, string | number>): Promise<string> => {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  const lines = Object.entries({ host: "lectura.test", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${line} HTTP/1.1\r\n${lines.join("")}\r\n`);
  let answer = "";
  for await (const chunk of socket.setEncoding("utf8")) {
    answer += chunk;
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    const length = /^content-length: (\d+)/im.exec(head)?.[1];
    if (length !== undefined && Buffer.byteLength(body) >= Number(length)) break;
  }
  socket.destroy();
  return answer;
};

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const tooLong = { "content-length": LIMIT + 1, expect: "100-continue" };

describe("the order in which a call is refused", () => {
  it.each<[status: number, code: string, what: string, line: string, headers: () => Promise<Record<string, string>>]>([
    [404, "not-found", "a path that is not there", "POST /v1/nothing", async () => ({})],
    [405, "method-not-allowed", "a method that is not there", "PUT /v1/documents", async () => ({})],
    [401, "missing-credentials", "no credentials", "POST /v1/documents", async () => ({})],
    [401, "invalid-credentials", "a wrong key", "POST /v1/documents", async () => ({ "x-api-key": "lk_no" })],
    [401, "invalid-credentials", "no token", "POST /v1/documents", async () => ({ authorization: "Bearer abc" })],
    [
      403,
      "insufficient-scope",
      "a scope that is lacking",
      "POST /v1/documents",
      async () => ({ "x-api-key": gateway.authority.addKey(["documents:read"]) }),
    ],
    [
      413,
      "file-too-large",
      "a declared length beyond the limit",
      "POST /v1/documents",
      async () => ({ "x-api-key": gateway.apiKey }),
    ],
  ])("%i %s: %s comes before whatever else is wrong", async (status, code, _, line, headers) => {
    // Every call announces too long a body, and waits for leave to send it.
    const answer = await sendHead(line, { ...tooLong, ...(await headers()) });
    expect(statusOf(answer)).toBe(status);
    expect(answer).toContain(`"code":"${code}"`);
    expect(answer).toMatch(/^content-type: application\/problem\+json/im);
    expect(answer).toMatch(/^x-trace-id: [0-9a-f]{32}\r$/im);
    expect(answer).not.toContain("100 Continue");
    expect(gateway.ocrApi.calls).toEqual([]);
  });

  it.each([
    ["PUT", "/v1/documents", "GET, HEAD, POST"],
    ["POST", "/v1/documents/doc_1", "DELETE, GET, HEAD"],
    ["DELETE", "/v1/documents/doc_1/pages/1", "GET, HEAD"],
    ["GET", "/oauth/token", "POST"],
    ["POST", "/openapi.json", "GET, HEAD"],
  ] as const)("%s %s is refused with Allow: %s", async (method, url, allow) => {
    const answer = await gateway.app.inject({ method, url });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers["allow"]).toBe(allow);
  });

  it("401 says how to come back, 403 which scope is lacking", async () => {
    const missing = await gateway.app.inject("/v1/documents");
    expect(missing.headers["www-authenticate"]).toBe('Bearer realm="lectura"');
    const lacking = await gateway.app.inject({
      url: "/v1/documents",
      headers: { "x-api-key": gateway.authority.addKey(["documents:write"]) },
    });
    expect(lacking.statusCode).toBe(403);
    expect(lacking.headers["www-authenticate"]).toContain('scope="documents:read"');
    expect(lacking.json().detail).toContain("documents:read");
  });
});

const ask = async (token: string) =>
  gateway.app.inject({ url: "/v1/limits", headers: { authorization: `Bearer ${token}` } });

describe("tokens at the gateway", () => {
  const now = Math.floor(Date.now() / 1000);

  it("lets a token pass that auth signed", async () => {
    expect((await ask(await gateway.authority.token([]))).statusCode).toBe(200);
  });

  it.each<[what: string, code: string, changes: Record<string, unknown>]>([
    ["has expired beyond the skew of clocks", "token-expired", { iat: now - 400, exp: now - 40 }],
    ["is for another audience", "invalid-credentials", { aud: "billing" }],
    ["is from another issuer", "invalid-credentials", { iss: "http://elsewhere.test" }],
    ["names no tenant", "invalid-credentials", { tenant: undefined }],
    ["names an impossible tenant", "invalid-credentials", { tenant: "../ten_1" }],
    ["never expires", "invalid-credentials", { exp: undefined }],
  ])("refuses one that %s", async (_, code, changes) => {
    const answer = await ask(await gateway.authority.token([], changes));
    expect([answer.statusCode, answer.json().code]).toEqual([401, code]);
    expect(answer.headers["www-authenticate"]).toContain('error="invalid_token"');
  });

  it("lets one pass that has expired within the skew of clocks", async () => {
    expect((await ask(await gateway.authority.token([], { exp: now - 10 }))).statusCode).toBe(200);
  });

  it("refuses one that somebody else has signed", async () => {
    const other = await startGateway();
    const answer = await ask(await other.authority.token([]));
    await other.close();
    expect([answer.statusCode, answer.json().code]).toEqual([401, "invalid-credentials"]);
  });
});

describe("while auth is away", () => {
  it("calls with an unknown key are 503 with Retry-After, known ones go on", async () => {
    const { app, authority, apiKey, close } = await startGateway();
    const ask = async (key: string) => app.inject({ url: "/v1/limits", headers: { "x-api-key": key } });
    const unknown = authority.addKey();
    expect((await ask(apiKey)).statusCode).toBe(200);
    await authority.close();
    expect((await ask(apiKey)).statusCode).toBe(200);
    const refused = await ask(unknown);
    expect([refused.statusCode, refused.json().code]).toEqual([503, "dependency-unavailable"]);
    expect(refused.headers["retry-after"]).toBe("1");
    const ready = await app.inject("/readyz");
    expect([ready.statusCode, ready.json()]).toEqual([503, { status: "unavailable", unavailable: ["auth"] }]);
    expect((await app.inject("/livez")).statusCode).toBe(200);
    await close();
  });
});

describe("100 Continue", () => {
  it("comes to a client whose call is allowed, and the body then goes through", async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/documents HTTP/1.1\r\nhost: x\r\nx-api-key: ${gateway.apiKey}\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n`,
    );
    const [leave] = await once(socket.setEncoding("utf8"), "data");
    expect(leave).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write("%PDF");
    const [answer] = await once(socket, "data");
    expect(statusOf(String(answer))).toBe(200);
    socket.destroy();
    expect(gateway.ocrApi.calls).toMatchObject([{ bytes: 4 }]);
    expect(gateway.ocrApi.calls[0]?.headers).not.toHaveProperty("expect");
  });
});
