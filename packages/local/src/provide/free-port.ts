import { once } from "node:events";
import { createServer } from "node:net";

/** Whether a service could listen on this port of 127.0.0.1 right now; 0 asks for any port. Gives the port, or undefined. */
export const tryPort = async (port: number): Promise<number | undefined> => {
  const server = createServer();
  try {
    server.listen({ port, host: "127.0.0.1", exclusive: true });
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" && address ? address.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
};

/** A port of 127.0.0.1 that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const port = await tryPort(0);
  if (port === undefined) throw new Error("The system has no free port on 127.0.0.1.");
  return port;
};
