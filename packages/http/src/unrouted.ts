import type { Socket } from "node:net";
import { ServerResponse, STATUS_CODES } from "node:http";
import { type ProblemCode, ProblemError } from "@lectura/contracts";
import { currentTraceId } from "@lectura/telemetry";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { renderProblem, sendProblem } from "./problems.ts";

const parserCodes: Record<string, [code: ProblemCode, detail: string]> = {
  HPE_HEADER_OVERFLOW: ["headers-too-large", "The path and the headers together are too long."],
  ERR_HTTP_REQUEST_TIMEOUT: ["request-timeout", "The request was not complete in time."],
};

/** Whether an answer has begun on this connection: another one would arrive in its middle. */
const isAnswering = (socket: Socket): boolean =>
  "_httpMessage" in socket && socket._httpMessage instanceof ServerResponse && socket._httpMessage.headersSent;

/** Answers what Node's parser refuses, before there is a request: by hand, on the bare connection. */
export const answerClientError = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === "ECONNRESET" || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const [code, detail] = parserCodes[error.code ?? ""] ?? ["malformed-request", "This is not well-formed HTTP."];
  const traceId = currentTraceId();
  // The path is not known here; an empty reference is the call itself.
  const { headers, body } = renderProblem(new ProblemError(code, detail), { instance: "", traceId });
  const text = JSON.stringify(body);
  const head = {
    ...headers,
    "x-trace-id": traceId,
    "content-length": Buffer.byteLength(text),
    connection: "close",
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}`, ...lines, "", text].join("\r\n"));
};

/** Answers what the router refuses, before it looks for a route. */
export const answerBadUrl = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
  const problem =
    error.code === "FST_ERR_BAD_URL"
      ? new ProblemError("malformed-request", "The path is not a well-formed URL.", { cause: error })
      : new ProblemError("not-found", "There is no such id.", { cause: error });
  sendProblem(problem, request, reply);
};
