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

/** The slowest that a body may come. */
export interface Pace {
  bytes: number;
  withinMs: number;
}
/** 500 bytes a second: a telephone line is ten times as fast. Each upload holds a connection to the service behind. */
const SLOWEST: Pace = { bytes: 10_000, withinMs: 20_000 };

const tooSlow = (): ProblemError =>
  new ProblemError("request-timeout", "The body came too slowly.", { headers: { connection: "close" } });

/** Ends a body that comes more slowly than `pace`. While the service behind is what it waits for, it is not its fault. */
const endWhenSlow = (body: Transform, arrived: () => number, pace: Pace): void => {
  let before = 0;
  const timer = setInterval(() => {
    const held = body.readableLength > 0 || body.writableLength > 0;
    if (!held && arrived() - before < pace.bytes) body.destroy(tooSlow());
    before = arrived();
  }, pace.withinMs);
  body.once("close", () => clearInterval(timer));
};

/**
 * The body, counted while it streams: beyond the limit the copy fails and with it the upstream call, while the client's
 * connection stays open for the answer.
 */
export const countBody = (request: FastifyRequest, payload: NodeJS.ReadableStream, pace = SLOWEST): Transform => {
  const limit = limitOf(request);
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > limit.bytes ? limit.refusal() : null, chunk);
    },
  });
  endWhenSlow(counted, () => bytes, pace);
  return payload.pipe(counted);
};
