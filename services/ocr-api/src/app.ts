import accepts from "@fastify/accepts";
import multipart from "@fastify/multipart";
import type { Limits } from "@lectura/contracts";
import type { Changes, DocumentStore, Workers } from "@lectura/documents";
import { createApp, type TrustedIssuer, verifyTokens } from "@lectura/http";
import type { Producer } from "@lectura/queue";
import type { Dependency, Logger } from "@lectura/runtime";
import type { Storage } from "@lectura/storage";
import type { Registry } from "@lectura/telemetry";
import type { FastifyInstance } from "fastify";
import { createReplay } from "./dead-letters/replay.ts";
import { deadLetterRoutes } from "./dead-letters/routes.ts";
import { createAccept } from "./documents/accept.ts";
import { createCancel } from "./documents/cancel.ts";
import { createEventStream } from "./documents/events.ts";
import { createFind } from "./documents/find.ts";
import { lifecycleRoutes } from "./documents/lifecycle-routes.ts";
import { createList } from "./documents/list.ts";
import { createMadeLater } from "./documents/made-later.ts";
import { createRemove } from "./documents/remove.ts";
import { createReuse } from "./documents/reuse.ts";
import { documentRoutes } from "./documents/routes.ts";
import { createSubmit } from "./documents/submit.ts";
import { createWatch } from "./documents/wait.ts";
import { platformRoutes } from "./platform/routes.ts";

export interface OcrApiOptions {
  log: Logger;
  metrics: Registry;
  dependencies: Dependency[];
  issuers: TrustedIssuer[];
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
  const maxFileBytes = limits.file_bytes;
  const reuse = createReuse({ documents, workers, storage });
  const accept = createAccept({ documents, workers, storage, producer, reuse, maxFileBytes });
  documentRoutes(app, {
    submit: createSubmit({ documents, accept, find, maxFileBytes }),
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
  platformRoutes(app, { workers, limits });
  return app;
};
