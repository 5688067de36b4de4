import { api } from "@lectura/contracts";
import { serve } from "@lectura/http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readJson } from "../json-body.ts";
import type { DeliveryLog } from "./deliveries.ts";
import type { WebhookAdmin } from "./webhooks.ts";

const linkNext = (request: FastifyRequest, reply: FastifyReply, cursor: string | null): void => {
  if (cursor === null) return;
  const next = new URLSearchParams({ ...Object(request.query), cursor });
  reply.header("link", `<${request.url.split("?", 1)[0]}?${next}>; rel="next"`);
};

/** `/v1/webhooks`: path and headers here, the work in the files beside. */
export const webhookRoutes = (
  app: FastifyInstance,
  { admin, log }: { admin: WebhookAdmin; log: DeliveryLog },
): void => {
  serve(app, api.listWebhooks, async ({ caller, query, request, reply }) => {
    const list = await admin.list(caller().tenant, query());
    linkNext(request, reply, list.next_cursor);
    return list;
  });

  serve(app, api.createWebhook, async ({ caller, query, request, reply }) => {
    query();
    const webhook = await admin.create(caller().tenant, await readJson(request));
    return reply
      .code(201)
      .headers({ location: `${api.listWebhooks.path}/${webhook.id}`, "cache-control": "no-store" })
      .send(webhook);
  });

  serve(app, api.deleteWebhook, async ({ caller, params, query, reply }) => {
    query();
    await admin.remove(caller().tenant, params.id);
    return reply.code(204).send();
  });

  serve(app, api.rotateWebhook, async ({ caller, params, query, reply }) => {
    query();
    return reply.header("cache-control", "no-store").send(await admin.rotate(caller().tenant, params.id));
  });

  serve(app, api.listDeliveries, async ({ caller, params, query, request, reply }) => {
    const list = await log.list(caller().tenant, params.id, query());
    linkNext(request, reply, list.next_cursor);
    return list;
  });

  serve(app, api.replayDelivery, async ({ caller, params, query, reply }) => {
    query();
    return reply.code(202).send(await log.replay(caller().tenant, params.id, params.delivery));
  });
};
