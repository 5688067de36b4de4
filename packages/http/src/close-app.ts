import type { FastifyInstance } from "fastify";

/** Running calls get this long when the service is told to stop; a client that still waits then loses its connection. */
const CALL_GRACE_MS = 20_000;

/**
 * While the app closes, each answer is the last one on its connection. Otherwise that would stay open for the next
 * call, and the app with it until `CALL_GRACE_MS` are over.
 */
export const endConnectionsOnClose = (app: FastifyInstance): void => {
  let isClosing = false;
  app.addHook("preClose", async () => {
    isClosing = true;
  });
  app.addHook("onSend", async (_request, reply) => {
    if (isClosing) reply.header("connection", "close");
  });
  // Where the answer had begun before, the client was promised a connection that stays.
  app.addHook("onResponse", async () => {
    if (isClosing) app.server.closeIdleConnections();
  });
};

/** Takes no new calls, lets the running ones finish, and closes. */
export const closeApp = async (app: FastifyInstance): Promise<void> => {
  const timer = setTimeout(() => app.server.closeAllConnections(), CALL_GRACE_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
};
