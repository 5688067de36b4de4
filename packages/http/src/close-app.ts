import type { FastifyInstance } from "fastify";

/** Running calls get this long when the service is told to stop; a client that still waits then loses its connection. */
const CALL_GRACE_MS = 20_000;

/** Takes no new calls, lets the running ones finish, and closes. */
export const closeApp = async (app: FastifyInstance): Promise<void> => {
  const timer = setTimeout(() => app.server.closeAllConnections(), CALL_GRACE_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
};
