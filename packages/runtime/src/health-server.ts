import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { checkReadiness, type Dependency } from "./readiness.ts";

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

/**
 * `/startupz`, `/livez`, `/readyz` and `/version` for a service that has no API of its own. Served last of all: whoever
 * gets an answer knows that the service has started.
 */
export const serveHealth = async (options: {
  host: string;
  port: number;
  version: object;
  dependencies: Dependency[];
}): Promise<{ close(): Promise<void> }> => {
  const respond = async (url: string | undefined, response: ServerResponse): Promise<void> => {
    if (url === "/startupz" || url === "/livez") return answer(response, 200, { status: "ok" });
    if (url === "/version") return answer(response, 200, options.version);
    if (url !== "/readyz") return answer(response, 404, { status: "not found" });
    const readiness = await checkReadiness(options.dependencies);
    answer(response, readiness.status === "ok" ? 200 : 503, readiness);
  };
  const server = createServer((request, response) => {
    respond(request.url, response).catch((error: unknown) => response.destroy(new Error("health", { cause: error })));
  });
  server.listen(options.port, options.host);
  await once(server, "listening");
  return {
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
