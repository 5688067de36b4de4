import accepts from "@fastify/accepts";
import multipart from "@fastify/multipart";
import type { Limits } from "@lectura/contracts";
import type { Changes, DocumentStore, Workers } from "@lectura/documents";
import { auditCalls, type AuditLog, createApp, type TrustedIssuer, verifyTokens } from "@lectura/http";
import type { Producer } from "@lectura/queue";
import type { Dependency, Logger } from "@lectura/runtime";
import type { Storage } from "@lectura/storage";
import type { Registry } from "@lectura/telemetry";
import type { FastifyInstance } from "fastify";
import { createAccept } from "./documents/accept.ts";
import { createFind } from "./documents/find.ts";
import { createList } from "./documents/list.ts";
import { createRemove } from "./documents/remove.ts";
import { documentRoutes } from "./documents/routes.ts";
import { createWatch } from "./documents/wait.ts";
import { platformRoutes } from "./platform/routes.ts";

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
}

/** ocr-api's HTTP face: documents in, results out. */
export const createOcrApiApp = async (options: OcrApiOptions): Promise<FastifyInstance> => {
  const { documents, workers, changes, producer, storage, limits } = options;
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
  documentRoutes(app, {
    accept: createAccept({ documents, workers, storage, producer, maxFileBytes: limits.file_bytes }),
    find,
    list: createList({ documents, watch }),
    remove: createRemove({ documents, storage }),
    watch,
    storage,
  });
  platformRoutes(app, { workers, limits });
  return app;
};
