import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startGateway, type TestGateway } from "../fixtures/start-gateway.ts";

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway({ mostUploads: 2 });
});
afterEach(() => gateway.close());

const BODY = "%PDF-1.7 and the rest";

const tokenOf = async (tenant: string): Promise<string> => gateway.authority.token(["documents:write"], { tenant });

/** An upload that stands still after its first bytes. */
const begin = async (tenant: string): Promise<Socket> => {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname).setEncoding("utf8");
  const before = gateway.ocrApi.calls.length;
  const head = `POST /v1/documents HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${await tokenOf(tenant)}\r\n`;
  socket.write(`${head}content-length: ${BODY.length}\r\n\r\n${BODY.slice(0, 5)}`);
  await expect.poll(() => gateway.ocrApi.calls.length).toBeGreaterThan(before);
  return socket;
};
const finish = async (socket: Socket): Promise<unknown> => {
  socket.write(BODY.slice(5));
  return (await once(socket, "data"))[0];
};
const upload = async (tenant: string): Promise<Response> =>
  fetch(`${gateway.url}/v1/documents`, {
    method: "POST",
    headers: { authorization: `Bearer ${await tokenOf(tenant)}` },
    body: BODY,
  });

it("a tenant's uploads beyond its limit are told to come back, nobody else's are", async () => {
  const [one, two] = [await begin("ten_a"), await begin("ten_a")];
  const refused = await upload("ten_a");
  expect(await refused.json()).toMatchObject({ status: 429, code: "rate-limited", retryable: true });
  expect(refused.headers.get("retry-after")).toBe("1");
  expect((await upload("ten_b")).status).toBe(200);
  const reading = await gateway.app.inject({
    url: "/v1/limits",
    headers: { authorization: `Bearer ${await tokenOf("ten_a")}` },
  });
  expect(reading.statusCode).toBe(200);

  expect(await finish(one)).toContain("HTTP/1.1 200");
  expect((await upload("ten_a")).status).toBe(200);
  // Whoever leaves in the middle gives the place back, too.
  two.resetAndDestroy();
  const [three, four] = [await begin("ten_a"), await begin("ten_a")];
  for (const socket of [one, three, four]) socket.destroy();
});

it("an upload that waits for its answer takes nobody's place", async () => {
  const go = Promise.withResolvers<void>();
  const { answer } = gateway.ocrApi;
  gateway.ocrApi.answer = (request, response, seen) => {
    void go.promise.then(() => response.end("{}"));
    request.on("data", (chunk: Buffer) => (seen.bytes += chunk.length));
  };
  const waiting = [upload("ten_a"), upload("ten_a")];
  await expect.poll(() => gateway.ocrApi.calls.map(({ bytes }) => bytes)).toEqual([BODY.length, BODY.length]);
  gateway.ocrApi.answer = answer;
  expect((await upload("ten_a")).status).toBe(200);
  go.resolve();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
});
