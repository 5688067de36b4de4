import { api } from "@lectura/contracts";
import { type AuditLog, serve } from "@lectura/http";
import type { FastifyInstance } from "fastify";
import { linkNext } from "../paging.ts";

/** `/v1/audit`. */
export const auditRoutes = (app: FastifyInstance, log: AuditLog): void => {
  serve(app, api.listAudit, async ({ caller, query, request, reply }) => {
    const list = await log.list(caller().tenant, query());
    linkNext(request, reply, list.next_cursor);
    return list;
  });
};
