import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { currentTraceId } from "@lectura/telemetry";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const SANE = /^[\w.:=-]{1,128}$/;

/** The caller's `x-request-id` when it is sane, else a fresh one. */
export const requestId = (request: IncomingMessage): string => {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && SANE.test(given) ? given : randomUUID();
};

/** Gives an answer the two ids by which it can be found again in logs and traces; returns the trace's. */
export const nameAnswer = (request: FastifyRequest, reply: FastifyReply): string => {
  const traceId = currentTraceId();
  reply.headers({ "x-request-id": request.id, "x-trace-id": traceId });
  return traceId;
};

/** Every answer carries its ids. */
export const sendRequestIds = (app: FastifyInstance): void => {
  app.addHook("onRequest", async (request, reply) => {
    nameAnswer(request, reply);
  });
};
