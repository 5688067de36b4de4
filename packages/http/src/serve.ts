import { ProblemError, type Route } from "@lectura/contracts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { auditedAs } from "./audit-calls.ts";
import { authorize } from "./credentials.ts";
import type { Caller } from "./trusted-issuer.ts";

type Parsed<Schema> = Schema extends z.ZodType ? z.infer<Schema> : undefined;

/** One call of a declared route, its parts typed by the route's schemas. */
export interface Call<R extends Route> {
  params: Parsed<R["params"]>;
  /** Read it after the resource is found: a missing document is 404 whatever the query says. */
  query(): Parsed<R["query"]>;
  request: FastifyRequest;
  reply: FastifyReply;
  /** Who calls; never asked for in a public route. */
  caller(): Caller;
}

const auditConfig = (route: Route) => {
  const audited = auditedAs(route);
  return audited ? { audited } : {};
};

const callerOf = (request: FastifyRequest): Caller => {
  if (request.caller) return request.caller;
  throw new ProblemError("internal", "a public route asked who is calling");
};

/** Serves a route of the API table: credentials and scope are checked first, then the handler runs. */
export const serve = <R extends Route>(app: FastifyInstance, route: R, handler: (call: Call<R>) => unknown): void => {
  app.route({
    method: route.method,
    url: route.path,
    config: auditConfig(route),
    onRequest: authorize(route.access),
    handler: (request, reply) =>
      handler({
        // The route's own schemas have just made these values: the conditional type says no more than that.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see the line above
        params: route.params?.parse(request.params) as Parsed<R["params"]>,
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
        query: () => route.query?.parse(request.query) as Parsed<R["query"]>,
        request,
        reply,
        caller: () => callerOf(request),
      }),
  });
};
