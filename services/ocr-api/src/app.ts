import accepts from "@fastify/accepts";
import multipart from "@fastify/multipart";
import type { Limits } from "@lectura/contracts";
import type { Changes, DocumentStore, Workers } from "@lectura/documents";
import type { Guard } from "@lectura/guard";
import { auditCalls, type AuditLog, createApp, type TrustedIssuer, verifyTokens } from "@lectura/http";
import { createReuse } from "@lectura/intake";
import type { Producer } from "@lectura/queue";
import type { Dependency, Logger } from "@lectura/runtime";
import type { Storage } from "@lectura/storage";
import type { Registry } from "@lectura/telemetry";
import type { WebhookStore } from "@lectura/webhooks";
import type { FastifyInstance } from "fastify";
import { createReplay } from "./dead-letters/replay.ts";
import { deadLetterRoutes } from "./dead-letters/routes.ts";
import { createAcceptSource } from "./documents/accept-source.ts";
import { createAccept } from "./documents/accept.ts";
import { createBeginDocument } from "./documents/begin-document.ts";
import { createCancel } from "./documents/cancel.ts";
import { createEventStream } from "./documents/events.ts";
import { createFind } from "./documents/find.ts";
import { lifecycleRoutes } from "./documents/lifecycle-routes.ts";
import { createLimitsOf } from "./documents/limits.ts";
import { createList } from "./documents/list.ts";
import { createMadeLater } from "./documents/made-later.ts";
import { createOffers } from "./documents/offers.ts";
import { createRemove } from "./documents/remove.ts";
import { createRoomKeeper } from "./documents/room.ts";
import { documentRoutes } from "./documents/routes.ts";
import { createShareKeeper } from "./documents/shares.ts";
import { createSubmit } from "./documents/submit.ts";
import { createWatch } from "./documents/wait.ts";
import { platformRoutes } from "./platform/routes.ts";
import { createDeliveryLog } from "./webhooks/deliveries.ts";
import { webhookRoutes } from "./webhooks/routes.ts";
import { createFindWebhook, createWebhookAdmin } from "./webhooks/webhooks.ts";

export interface OcrApiOptions {
  log: Logger;
  metrics: Registry;
  dependencies: Dependency[];
  issuers: TrustedIssuer[];
  audit: AuditLog;
  documents: DocumentStore;
  workers: Workers;
  changes: Changes;
  producer: Producer;
  storage: Storage;
  limits: Limits;
  store: WebhookStore;
  checkUrl: Guard["checkUrl"];
}

/** ocr-api's HTTP face: documents in, results out. */
export const createOcrApiApp = async (options: OcrApiOptions): Promise<FastifyInstance> => {
  const { documents, workers, changes, producer, storage, limits, store, checkUrl } = options;
  const app = createApp({ service: "ocr-api", ...options });
  verifyTokens(app, options);
  auditCalls(app, options.audit);
  await app.register(accepts);
  // Bodies are streams here, whatever they call themselves; multipart is taken apart by its plugin.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { fieldSize: 10_000, fields: 20, fileSize: Infinity },
  });

  const find = createFind({ documents });
  const closing = new AbortController();
  // Who waits for a document gets the answer of the moment when the service stops.
  app.addHook("preClose", async () => closing.abort());
  const watch = createWatch({ find, changes, workers, closing: closing.signal });
  const limitsOf = createLimitsOf({ documents, limits });
  const { requireRoom } = createRoomKeeper({ documents, storage });
  const shares = createShareKeeper({ documents, workers, limitsOf, requireRoom });
  const reuse = createReuse({ documents, workers, storage });
  const begin = createBeginDocument({ documents, storage, checkUrl });
  const accept = createAccept({ documents, workers, storage, producer, reuse, begin });
  const acceptSource = createAcceptSource({ documents, workers, storage, begin, checkUrl });
  documentRoutes(app, {
    offers: createOffers({ accept, acceptSource, shares, maxFileBytes: limits.file_bytes }),
    submit: createSubmit({ documents, find }),
    find,
    list: createList({ documents, watch }),
    watch,
    results: { storage, producer, madeLater: createMadeLater({ storage, changes, closing: closing.signal }) },
  });
  lifecycleRoutes(app, {
    find,
    watch,
    cancel: createCancel({ documents, storage, find }),
    remove: createRemove({ documents, storage }),
    events: createEventStream({ documents, find, changes, closing: closing.signal }),
  });
  deadLetterRoutes(app, { documents, watch, replay: createReplay({ documents, producer, find }) });
  platformRoutes(app, { documents, workers, limitsOf });
  const findWebhook = createFindWebhook(store);
  webhookRoutes(app, {
    admin: createWebhookAdmin({ ...store, find: findWebhook, checkUrl }),
    log: createDeliveryLog({ ...store, find: findWebhook }),
  });
  return app;
};
