import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { open, rename } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";

// The least that a server does which says yes only once a file is safe. It runs as a process of its own:
// node bare-server.ts FOLDER; its first line is its port.

const folder = process.argv[2] ?? ".";

/** Hashes a body while it is written, and gives it its name when the disk has it. */
const keep = async (body: IncomingMessage): Promise<string> => {
  const path = join(folder, randomUUID());
  const hash = createHash("sha256");
  await using file = await open(`${path}.part`, "wx");
  for await (const chunk of body) {
    if (!(chunk instanceof Buffer)) throw new Error("A body is bytes.");
    hash.update(chunk);
    await file.write(chunk);
  }
  await file.sync();
  await rename(`${path}.part`, path);
  return hash.digest("hex");
};

const server = createServer((request, response) => {
  keep(request).then(
    (sha256) => response.writeHead(202, { "content-type": "application/json" }).end(JSON.stringify({ sha256 })),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
process.stdout.write(`${address !== null && typeof address === "object" ? address.port : ""}\n`);
