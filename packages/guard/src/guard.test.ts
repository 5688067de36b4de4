import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createSocketServer, type Socket } from "node:net";
import { ProblemError } from "@lectura/contracts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createGuard } from "./guard.ts";
import { parseNetworks } from "./networks.ts";
import type { Resolve } from "./pinned-lookup.ts";

/** Answers each question with the next of these addresses. */
const answering = (...addresses: string[]): Resolve & { asked(): number } => {
  let asked = 0;
  const resolve = async () => [{ address: addresses[asked++] ?? "0.0.0.0", family: 4 }];
  return Object.assign(resolve, { asked: () => asked });
};

interface Asked {
  resolve?: Resolve;
  method?: "GET" | "POST";
}

/** A guard that lets one address through, so that 127.0.0.2 next to it stays forbidden. */
const guardAt = (resolve: Resolve) => createGuard({ allowed: parseNetworks("127.0.0.1"), resolve });
const ask = async (url: string, { resolve = answering(), method = "GET" }: Asked = {}) => {
  const guard = guardAt(resolve);
  try {
    const answer = await guard.request(url, { method, redirects: 5, signal: AbortSignal.timeout(20_000) });
    return { status: answer.status, text: (await answer.body.toArray()).join("") };
  } finally {
    await guard.close();
  }
};
const refusal = async (url: string, asked: Asked = {}): Promise<string> =>
  ask(url, asked).then(
    ({ status }) => `answered ${status}`,
    (error: unknown) => (error instanceof ProblemError ? error.code : String(error)),
  );

const seen: { url: string; host: string | undefined; headers: object }[] = [];
const server = createServer((request, response) => {
  seen.push({ url: request.url ?? "", host: request.headers.host, headers: request.headers });
  const target = new URL(request.url ?? "", "http://x").searchParams.get("to");
  if (target === null) response.end("here");
  else response.writeHead(302, { location: target }).end();
});
let port = 0;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("a listening TCP server has an address");
  ({ port } = address);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const sentTo = (target: string): string => `http://127.0.0.1:${port}/?to=${encodeURIComponent(target)}`;

it("calls an address that is allowed by name, and not its neighbour", async () => {
  expect(await ask(`http://127.0.0.1:${port}/a`)).toEqual({ status: 200, text: "here" });
  expect(await refusal(`http://127.0.0.2:${port}/a`)).toBe("forbidden-url");
  expect(await refusal(`http://[::1]:${port}/a`)).toBe("forbidden-url");
  expect(await refusal(`http://[::ffff:127.0.0.1]:${port}/a`)).toBe("forbidden-url");
});

it("asks for a name once and connects to what was checked, whatever a second answer would be", async () => {
  const resolve = answering("127.0.0.1", "169.254.169.254");
  expect(await ask(`http://rebinding.example:${port}/pinned`, { resolve })).toMatchObject({ status: 200 });
  expect(resolve.asked()).toBe(1);
  expect(seen.at(-1)).toMatchObject({ url: "/pinned", host: `rebinding.example:${port}` });
});

it("asks anew for the next call, so that an address checked once is not trusted for ever", async () => {
  const guard = guardAt(answering("127.0.0.1", "127.0.0.2"));
  const options = { method: "GET" as const, redirects: 0, signal: AbortSignal.timeout(20_000) };
  const first = await guard.request(`http://rebinding.example:${port}/`, options);
  await first.body.toArray();
  await expect(guard.request(`http://rebinding.example:${port}/`, options)).rejects.toThrow(/not public/);
  await guard.close();
});

it.each([
  ["to loopback", "http://127.0.0.2/"],
  ["to metadata", "http://169.254.169.254/latest/meta-data/"],
  ["to metadata without a scheme", "//169.254.169.254/"],
  ["to a decimal address", "http://2130706434/"],
  ["to another scheme", "file:///etc/passwd"],
  ["with credentials", "http://user:secret@example.com/"],
  ["to a port that is not the web's", "http://example.com:25/"],
  ["to a name inside", "http://inside.example/"],
  ["to nothing that is a URL", "http://[::1"],
])("refuses a redirect %s", async (_how, target) => {
  expect(await refusal(sentTo(target), { resolve: answering("10.0.0.1") })).toBe("forbidden-url");
});

it("follows five redirects and no sixth", async () => {
  const five = [1, 2, 3, 4, 5].reduce((target) => sentTo(target), `http://127.0.0.1:${port}/end`);
  expect(await refusal(five)).toBe("answered 200");
  expect(await refusal(sentTo(five))).toBe("fetch-failed");
});

it("does not send a POST elsewhere", async () => {
  const before = seen.length;
  expect(await refusal(sentTo("http://127.0.0.1/"), { method: "POST" })).toBe("answered 302");
  expect(seen.length).toBe(before + 1);
});

it("outlives a server that hangs up while nobody reads what it has sent: it is read in the end", async () => {
  const body = "x".repeat(65_536);
  const hangsUp = createSocketServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () =>
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`),
    );
  });
  await once(hangsUp.listen(0, "127.0.0.1"), "listening");
  const address = hangsUp.address();
  const guard = guardAt(answering());
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
  const connection = once(hangsUp, "connection");
  const answer = await guard.request(url, { method: "GET", redirects: 0, signal: AbortSignal.timeout(20_000) });
  const [socket]: Socket[] = await connection;
  // So little is on this side before anybody has read it, and with it the server's end.
  if (socket && !socket.closed) await once(socket, "close");
  expect((await answer.body.toArray()).join("")).toHaveLength(body.length);
  await guard.close();
  hangsUp.close();
});
