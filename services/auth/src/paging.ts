import { ProblemError } from "@lectura/contracts";
import type { FastifyReply, FastifyRequest } from "fastify";

/** The place in a list that a cursor names. @throws ProblemError 400 for one that no list has given */
export const parseOffset = (cursor: string | undefined): number => {
  if (cursor === undefined) return 0;
  const offset = /^\d{1,9}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (Number.isNaN(offset)) throw new ProblemError("malformed-request", "The cursor is not one that a list has given.");
  return offset;
};

/** Says in `Link` where the list goes on. */
export const linkNext = (request: FastifyRequest, reply: FastifyReply, next: string | null): void => {
  if (next === null) return;
  const query = new URLSearchParams({ ...Object(request.query), cursor: next });
  reply.header("link", `<${request.routeOptions.url}?${query}>; rel="next"`);
};
