import { ProblemError } from "@lectura/contracts";
import type { FastifyRequest } from "fastify";

/** What is asked for in JSON is short. */
const MAX_BYTES = 64_000;

/**
 * The body of a call as JSON: here bodies are streams until somebody wants them otherwise; `whenEmpty` is what one without
 * bytes says, where it may say nothing. @throws ProblemError 400
 */
export const readJson = async (request: FastifyRequest, whenEmpty?: unknown): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const body: AsyncIterable<Buffer> = request.raw;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new ProblemError("file-too-large", `The limit of a JSON body is ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  if (bytes === 0 && whenEmpty !== undefined) return whenEmpty;
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (cause) {
    throw new ProblemError("malformed-request", "The body is not JSON.", { cause });
  }
};
