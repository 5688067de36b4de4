import { Transform } from "node:stream";
import { ProblemError } from "@lectura/contracts";
import type { FastifyRequest, onRequestAsyncHookHandler } from "fastify";

export const tooLarge = (limit: number): ProblemError =>
  new ProblemError("file-too-large", `The limit is ${limit} bytes.`, { headers: { connection: "close" } });

/** Refuses a declared length above the limit before a byte of the body is asked for. */
export const refuseDeclaredLength =
  (limit: number): onRequestAsyncHookHandler =>
  async (request) => {
    if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  };

/**
 * The body, counted while it streams: beyond `limit` the copy fails and with it the upstream call, while the client's
 * connection stays open for the answer. A client that goes away ends the copy too.
 */
export const countBody = (request: FastifyRequest, payload: NodeJS.ReadableStream, limit: number): Transform => {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > limit ? tooLarge(limit) : null, chunk);
    },
  });
  request.raw.once("close", () => {
    if (!request.raw.complete) counted.destroy(new ProblemError("malformed-request", "The body ended too early."));
  });
  return payload.pipe(counted);
};
