import type { FastifyRequest } from "fastify";

/** The client's address, as the gateway says; only the gateway calls auth. */
export const clientAddress = (request: FastifyRequest): string => {
  const told = request.headers["x-forwarded-for"];
  return typeof told === "string" ? told : request.ip;
};
