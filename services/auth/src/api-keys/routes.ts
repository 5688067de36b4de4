import { api } from "@lectura/contracts";
import { serve } from "@lectura/http";
import type { FastifyInstance } from "fastify";
import { linkNext } from "../paging.ts";
import type { ApiKeys } from "./api-keys.ts";

/** `/v1/api-keys`. */
export const apiKeyRoutes = (app: FastifyInstance, apiKeys: ApiKeys): void => {
  serve(app, api.listApiKeys, async ({ caller, query, request, reply }) => {
    const list = await apiKeys.list(caller(), query());
    linkNext(request, reply, list.next_cursor);
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
