import { api, type Me } from "@lectura/contracts";
import { serve } from "@lectura/http";
import type { FastifyInstance } from "fastify";
import { clientAddress } from "../guesses/client-address.ts";
import type { Sessions } from "./sessions.ts";

/** `/v1/auth/login`, `refresh`, `logout` and `me`. */
export const sessionRoutes = (app: FastifyInstance, sessions: Sessions): void => {
  serve(app, api.login, async ({ query, request, reply }) => {
    query();
    return reply.header("cache-control", "no-store").send(await sessions.login(request.body, clientAddress(request)));
  });

  serve(app, api.refresh, async ({ query, request, reply }) => {
    query();
    return reply.header("cache-control", "no-store").send(await sessions.refresh(request.body));
  });

  serve(app, api.logout, async ({ caller, query, reply }) => {
    query();
    const { session } = caller();
    if (session) await sessions.end(session);
    return reply.code(204).send();
  });

  serve(app, api.getMe, ({ caller, query, reply }) => {
    query();
    const { subject, tenant, scopes, kind } = caller();
    return reply.header("cache-control", "no-store").send({ sub: subject, tenant, scopes, kind } satisfies Me);
  });
};
