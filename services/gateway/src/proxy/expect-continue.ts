import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";

/**
 * Holds back `100 Continue` until a request has passed every check, so that a refused client never sends its body.
 * Left to itself Node would say "continue" before the first of our hooks runs.
 */
export const holdBackContinue = (app: FastifyInstance) => {
  const waiting = new WeakMap<IncomingMessage, ServerResponse>();
  app.server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, response);
    app.server.emit("request", request, response);
  });
  app.addHook("onSend", async (request, reply) => {
    // The client may or may not send the body it announced: the connection cannot be used again.
    if (waiting.has(request.raw)) reply.header("connection", "close");
  });
  /** Tells a waiting client to send its body. */
  return (request: FastifyRequest): void => {
    waiting.get(request.raw)?.writeContinue();
    waiting.delete(request.raw);
  };
};
