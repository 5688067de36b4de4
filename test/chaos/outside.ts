import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Kind } from "./kinds.ts";
import type { Random } from "./random.ts";

const listen = async (handle: RequestListener) => {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("a listening TCP server has an address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
};

/** What a receiver was told of one document: by the id of the webhook, which events. */
export type Told = Map<string, Set<string>>;
const Telling = z.object({ id: z.string(), type: z.string(), subject: z.string() });

/** A receiver of webhooks that is often unwell: it refuses, hangs up after it has heard, or is slow. */
export const startReceiver = async (random: Random) => {
  const told = new Map<string, Told>();
  let tellings = 0;
  const hear = async (body: string, response: ServerResponse): Promise<void> => {
    tellings += 1;
    const ill = random.pick(["no", "no", "no", "no", "refuses", "hangs up", "slow"]);
    if (ill === "refuses") return void response.writeHead(503).end();
    const { id, type, subject } = Telling.parse(JSON.parse(body));
    const known = told.get(subject) ?? new Map<string, Set<string>>();
    told.set(subject, known.set(id, (known.get(id) ?? new Set()).add(type)));
    if (ill === "hangs up") return void response.destroy();
    if (ill === "slow") await pause(3000);
    response.writeHead(204).end();
  };
  const server = await listen((request, response) => {
    request
      .toArray()
      .then(async (chunks) => hear(Buffer.concat(chunks).toString(), response))
      .catch(() => response.destroy());
  });
  return { ...server, told, tellings: () => tellings };
};

/** A server of files, each of which it first fails to give: it is busy, breaks off in the middle, or takes its time. */
export const startFileServer = async (kinds: Kind[], random: Random) => {
  const asked = new Set<string>();
  const give = async (path: string, response: ServerResponse): Promise<void> => {
    const kind = kinds.find(({ name }) => path.startsWith(`/${name}/`));
    if (!kind) return void response.writeHead(404).end();
    const ill = asked.has(path) ? "no" : random.pick(["no", "busy", "breaks off", "slow"]);
    asked.add(path);
    if (ill === "busy") return void response.writeHead(503).end();
    response.writeHead(200, { "content-length": kind.bytes.length });
    response.write(kind.bytes.subarray(0, kind.bytes.length / 2));
    if (ill !== "no") await pause(1000);
    if (ill === "breaks off") return void response.destroy();
    response.end(kind.bytes.subarray(kind.bytes.length / 2));
  };
  return listen((request, response) => {
    give(request.url ?? "", response).catch(() => response.destroy());
  });
};
