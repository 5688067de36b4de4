import type { Storage } from "@lectura/storage";
import type { FastifyReply, FastifyRequest } from "fastify";
import { byteRange } from "./byte-range.ts";
import { matches } from "./etag.ts";

/** What is stored, on its way out. */
export interface StoredResult {
  key: string;
  etag: string;
  contentType: string;
  /** Whether a part of it can be asked for. */
  ranges: boolean;
}

/** A part is only worth something to who has the rest of the same: `If-Range` says of which. */
const askedRange = ({ headers, method }: FastifyRequest, { ranges, etag }: StoredResult): string | undefined => {
  const condition = headers["if-range"];
  const same = condition === undefined || condition === etag;
  return ranges && method === "GET" && same ? headers.range : undefined;
};

/** Streams what is stored, or the part of it that is asked for. @throws ProblemError 416 */
export const sendStored = async (
  storage: Storage,
  request: FastifyRequest,
  reply: FastifyReply,
  stored: StoredResult,
): Promise<FastifyReply> => {
  const { key, etag, contentType } = stored;
  reply.headers({ etag, "cache-control": "private, no-cache" });
  if (matches(request.headers["if-none-match"], etag)) return reply.code(304).send();
  if (stored.ranges) reply.header("accept-ranges", "bytes");
  const whole = (await storage.head(key))?.bytes ?? 0;
  const range = byteRange(askedRange(request, stored), whole);
  const found = await storage.get(key, { range });
  if (!found) throw new Error(`the record promises ${key}, the storage does not have it`);
  if (range) reply.code(206).header("content-range", `bytes ${range.first}-${range.last}/${whole}`);
  return reply.headers({ "content-type": contentType, "content-length": found.bytes }).send(found.stream);
};
