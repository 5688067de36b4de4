import { Readable } from "node:stream";
import { api } from "@lectura/contracts";
import { serve } from "@lectura/http";
import type { FastifyInstance } from "fastify";
import type { Cancel } from "./cancel.ts";
import type { EventStream } from "./events.ts";
import type { Find } from "./find.ts";
import type { Remove } from "./remove.ts";
import type { Watch } from "./wait.ts";

interface Dependencies {
  find: Find;
  watch: Watch;
  cancel: Cancel;
  remove: Remove;
  events: EventStream;
}

const streaming = (app: FastifyInstance, { find, events }: Dependencies): void => {
  serve(app, api.getEvents, async ({ caller, params, query, request, reply }) => {
    const { tenant } = caller();
    const record = await find(tenant, params.id);
    query();
    const left = new AbortController();
    reply.raw.once("close", () => left.abort());
    const stream = await events(tenant, record, request.headers["last-event-id"], left.signal);
    if (!stream) return reply.code(204).send();
    // Nginx and its like hold a stream back until they have a buffer full, unless told.
    reply.headers({ "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
    return request.method === "HEAD" ? reply.send() : reply.send(Readable.from(stream));
  });
};

/** How a document's life goes on: what happens to it, as it happens, and its end at its owner's word. */
export const lifecycleRoutes = (app: FastifyInstance, dependencies: Dependencies): void => {
  const { watch, cancel, remove } = dependencies;
  streaming(app, dependencies);
  serve(app, api.cancelDocument, async ({ caller, params, query, reply }) => {
    query();
    return reply.code(202).send(await watch.view(await cancel(caller().tenant, params.id)));
  });
  serve(app, api.deleteDocument, async ({ caller, params, query, reply }) => {
    query();
    await remove(caller().tenant, params.id);
    return reply.code(204).send();
  });
};
