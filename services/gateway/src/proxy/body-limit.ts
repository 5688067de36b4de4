import { Transform } from "node:stream";
import { ProblemError } from "@lectura/contracts";
import type { FastifyRequest, onRequestAsyncHookHandler } from "fastify";

/** What multipart framing and options may add to a file of the largest size. */
const FRAMING_BYTES = 64_000;

declare module "fastify" {
  interface FastifyContextConfig {
    /** Most bytes of the route's body, framing not counted. */
    maxBytes?: number;
  }
}

const limitOf = (request: FastifyRequest): { bytes: number; refusal: () => ProblemError } => {
  const maxBytes = request.routeOptions.config.maxBytes ?? 0;
  const framed = request.headers["content-type"]?.toLowerCase().startsWith("multipart/");
  return {
    bytes: maxBytes + (framed ? FRAMING_BYTES : 0),
    refusal: () =>
      new ProblemError("file-too-large", `The limit is ${maxBytes} bytes.`, { headers: { connection: "close" } }),
  };
};

/** Refuses a declared length above the route's limit before a byte of the body is asked for. */
export const refuseDeclaredLength: onRequestAsyncHookHandler = async (request) => {
  const { bytes, refusal } = limitOf(request);
  if (Number(request.headers["content-length"] ?? 0) > bytes) throw refusal();
};

/**
 * The body, counted while it streams: beyond the limit the copy fails and with it the upstream call, while the client's
 * connection stays open for the answer.
 */
export const countBody = (request: FastifyRequest, payload: NodeJS.ReadableStream): Transform => {
  const limit = limitOf(request);
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > limit.bytes ? limit.refusal() : null, chunk);
    },
  });
  return payload.pipe(counted);
};
