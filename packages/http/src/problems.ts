import { type Problem, ProblemError, problems, type ProblemCode } from "@lectura/contracts";
import { isFull, isOutage } from "@lectura/runtime";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { nameAnswer } from "./request-ids.ts";

// What Fastify and Node refuse by themselves, said in our own codes.
const frameworkCodes: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "file-too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported-media-type",
  FST_ERR_CTP_EMPTY_JSON_BODY: "malformed-request",
  FST_ERR_CTP_INVALID_JSON_BODY: "malformed-request",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "malformed-request",
};

/** Room does not come back within a second: something has to expire, or somebody to make some. */
const FULL_SECONDS = 30;

const pointer = (path: PropertyKey[]): string => `/${path.map(String).join("/")}`;

/** A value that does not fit its schema: unknown names are the caller's typing, the rest are wrong values. */
const fromZod = (error: z.ZodError): ProblemError => {
  const unknown = error.issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []));
  if (unknown.length > 0)
    return new ProblemError("unknown-field", `not known: ${unknown.join(", ")}`, { cause: error });
  const errors = error.issues.map((issue) => ({ pointer: pointer(issue.path), detail: issue.message }));
  const detail = errors.map((each) => `${each.pointer.slice(1)}: ${each.detail}`).join("; ");
  return new ProblemError("invalid-option", detail, { cause: error, errors });
};

const fromFramework = (error: FastifyError): ProblemError => {
  const code = frameworkCodes[error.code];
  if (code) return new ProblemError(code, error.message, { cause: error });
  if (error.statusCode === 400) return new ProblemError("malformed-request", error.message, { cause: error });
  if (isFull(error)) {
    const headers = { "retry-after": String(FULL_SECONDS) };
    return new ProblemError("overloaded", "Redis or the storage is full just now.", { cause: error, headers });
  }
  if (isOutage(error)) {
    return new ProblemError("dependency-unavailable", "Redis or the storage does not answer just now.", {
      cause: error,
    });
  }
  return new ProblemError("internal", "The fault is in the platform and has been logged.", { cause: error });
};

const toProblemError = (error: FastifyError | z.ZodError | ProblemError): ProblemError => {
  if (error instanceof ProblemError) return error;
  return error instanceof z.ZodError ? fromZod(error) : fromFramework(error);
};

/** The body and headers of an error answer. */
export const renderProblem = (
  error: ProblemError,
  { instance, traceId }: { instance: string; traceId: string },
): { headers: Record<string, string>; body: Problem } => {
  const { status, title, retryable } = problems[error.code];
  const headers = { ...(status === 503 ? { "retry-after": "1" } : {}), ...error.headers };
  return {
    headers: { "content-type": "application/problem+json", ...headers },
    body: {
      type: `/problems/${error.code}`,
      title,
      status,
      detail: error.message,
      instance,
      code: error.code,
      trace_id: traceId,
      retryable: retryable ?? false,
      ...(error.errors ? { errors: error.errors } : {}),
    },
  };
};

/** The path of a call without its query, which may hold what logs and answers must not repeat. */
const pathOf = (request: FastifyRequest): string => request.url.split("?", 1)[0] ?? "/";

/** Sends an error as a problem document; what the caller must not see stays in the log. */
export const sendProblem = (error: ProblemError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const { headers, body } = renderProblem(error, { instance: pathOf(request), traceId: nameAnswer(request, reply) });
  if (body.status >= 500)
    request.log.error({ err: error.cause ?? error, code: error.code }, "answered with a fault of ours");
  // Bytes, so that Fastify leaves them and their media type alone: it would give a text a charset, which this has not.
  return reply
    .code(body.status)
    .headers(headers)
    .send(Buffer.from(JSON.stringify(body)));
};

type RouteIndex = { method: string; matches: RegExp }[];

const allowedMethods = (routes: RouteIndex, path: string): string[] =>
  [...new Set(routes.filter(({ matches }) => matches.test(path)).map(({ method }) => method))].toSorted();

/** Every error of the app becomes a problem document; a known path with a wrong method is 405 with `Allow`. */
export const renderProblems = (app: FastifyInstance): void => {
  const routes: RouteIndex = [];
  app.addHook("onRoute", ({ method, url }) => {
    const matches = new RegExp(
      `^${url
        .replaceAll(".", String.raw`\.`)
        .replaceAll(/:[^/]+/g, "[^/]+")
        .replaceAll("*", ".*")}$`,
    );
    for (const each of [method].flat()) routes.push({ method: each, matches });
  });
  const nothingHere = (request: FastifyRequest): ProblemError => {
    const path = pathOf(request);
    const allow = allowedMethods(routes, path).join(", ");
    return allow
      ? new ProblemError("method-not-allowed", `${request.method} is not available at ${path}`, { headers: { allow } })
      : new ProblemError("not-found", `Nothing is at ${path}`);
  };
  app.setErrorHandler<FastifyError | z.ZodError | ProblemError>((error, request, reply) =>
    // What is wrong with the body of such a call is nobody's concern.
    sendProblem(request.is404 ? nothingHere(request) : toProblemError(error), request, reply),
  );
  app.setNotFoundHandler((request, reply) => sendProblem(nothingHere(request), request, reply));
};
