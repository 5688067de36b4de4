import { api, isAudited, type Route } from "@lectura/contracts";
import { currentTraceId } from "@lectura/telemetry";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AuditLog } from "./audit-log.ts";
import { actorOf } from "./trusted-issuer.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The name of the call in the audit log. */
    audited?: string;
  }
}

/** The name under which a route's calls are written down; undefined where they are not. */
export const auditedAs = (route: Route): string | undefined =>
  isAudited(route) ? Object.entries<Route>(api).find(([, each]) => each === route)?.[0] : undefined;

/** The document that a call was about: named in its path, or made by it. */
const documentOf = (request: FastifyRequest, reply: FastifyReply): string | null => {
  const path = reply.getHeader("location") ?? request.url;
  return /^\/v1\/documents\/(doc_[0-9a-f]+)/.exec(String(path))?.[1] ?? null;
};

/** Writes down what was done before its caller is told that it was: no answer of success without an entry. */
export const auditCalls = (app: FastifyInstance, log: AuditLog): void => {
  app.addHook("onSend", async (request, reply) => {
    const { caller, routeOptions } = request;
    const action = routeOptions.config.audited;
    if (!caller || !action || reply.statusCode >= 400 || request.method === "HEAD") return;
    await log.add(caller.tenant, {
      actor: actorOf(caller),
      action,
      document_id: documentOf(request, reply),
      trace_id: currentTraceId(),
    });
  });
};
