import { api, type Me } from "@lectura/contracts";
import { serve } from "@lectura/http";
import type { FastifyInstance } from "fastify";
import type { ApiKeys } from "./api-keys.ts";

/** `/v1/api-keys` and `/v1/auth/me`. */
export const apiKeyRoutes = (app: FastifyInstance, apiKeys: ApiKeys): void => {
  serve(app, api.getMe, ({ caller, query, reply }) => {
    query();
    const { subject, tenant, scopes } = caller();
    return reply.header("cache-control", "no-store").send({ sub: subject, tenant, scopes, kind: "key" } satisfies Me);
  });

  serve(app, api.listApiKeys, async ({ caller, query, request, reply }) => {
    const list = await apiKeys.list(caller(), query());
    if (list.next_cursor) {
      const next = new URLSearchParams({ ...Object(request.query), cursor: list.next_cursor });
      reply.header("link", `<${api.listApiKeys.path}?${next}>; rel="next"`);
    }
    return list;
  });

  serve(app, api.createApiKey, async ({ caller, query, request, reply }) => {
    query();
    const key = await apiKeys.create(caller(), request.body);
    return reply
      .code(201)
      .header("location", `${api.listApiKeys.path}/${key.id}`)
      .header("cache-control", "no-store")
      .send(key);
  });

  serve(app, api.deleteApiKey, async ({ caller, params, query, reply }) => {
    query();
    await apiKeys.remove(caller(), params.id);
    return reply.code(204).send();
  });
};
