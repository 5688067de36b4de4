import { api, type TenantId } from "@lectura/contracts";
import type { DocumentRecord } from "@lectura/documents";
import { serve } from "@lectura/http";
import { currentTraceId, currentTraceparent } from "@lectura/telemetry";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { readJson } from "../json-body.ts";
import { documentEtag, matches } from "./etag.ts";
import type { Find } from "./find.ts";
import { idempotencyKey } from "./idempotency-key.ts";
import type { List } from "./list.ts";
import type { Offer, Offers } from "./offers.ts";
import { preferredWait } from "./prefer.ts";
import { chooseFormat, documentResult, pageImage, pageResult, type ResultDependencies } from "./result.ts";
import { sendStored } from "./send-stored.ts";
import type { Submit, Submitted } from "./submit.ts";
import { mediaTypeOf, readUpload } from "./upload.ts";
import type { Watch } from "./wait.ts";

interface Dependencies {
  offers: Offers;
  submit: Submit;
  find: Find;
  list: List;
  watch: Watch;
  results: ResultDependencies;
}

/** What is there already only has to be put together: whoever asks for it is kept waiting for that long at most. */
const ASSEMBLY_SECONDS = 10;

const retryAfter = (etaSeconds: number | null | undefined): number => Math.min(60, Math.max(1, etaSeconds ?? 1));

/** Lets the rest of a refused body run dry, so that the answer is not cut off by a connection closed under it. */
const discardBody = ({ raw }: FastifyRequest): void => {
  raw.unpipe();
  raw.resume();
};

/** The form that names its file's URL; an option may be in the query, as with any other form. */
const readSource = async (request: FastifyRequest): Promise<unknown> => {
  const body = await readJson(request);
  return typeof body === "object" ? { ...Object(request.query), ...body } : body;
};

const submission = (app: FastifyInstance, { offers, submit, watch }: Dependencies): void => {
  const offer = (tenant: TenantId, request: FastifyRequest): Offer => {
    const anew = /\bno-cache\b/i.test(request.headers["cache-control"] ?? "");
    const submission = { traceId: currentTraceId(), traceparent: currentTraceparent(), anew };
    return mediaTypeOf(request) === "application/json"
      ? offers.source(tenant, submission, async () => readSource(request))
      : offers.upload(tenant, submission, async (receive) => readUpload(request, receive));
  };

  const receive = async (tenant: TenantId, request: FastifyRequest): Promise<Submitted> => {
    try {
      return await submit(tenant, idempotencyKey(request.headers["idempotency-key"]), offer(tenant, request));
    } catch (error) {
      discardBody(request);
      throw error;
    }
  };

  serve(app, api.createDocument, async ({ caller, request, reply }) => {
    const { tenant } = caller();
    const submitted = await receive(tenant, request);
    const wait = preferredWait(request.headers.prefer);
    const patience = submitted.record.cached ? ASSEMBLY_SECONDS : 0;
    const record = await watch.untilFinal(tenant, submitted.record, Math.max(wait ?? 0, patience));
    const document = await watch.view(record);
    const done = wait !== undefined && document.queue === null;
    reply.code(done ? 200 : 202).headers({ location: document.links.self, "operation-location": document.links.self });
    if (!done) reply.header("retry-after", retryAfter(document.queue?.eta_seconds));
    if (submitted.replayed) reply.header("idempotency-replayed", "true");
    if (wait !== undefined) reply.header("preference-applied", `wait=${wait}`);
    return reply.send(document);
  });
};

const reading = (app: FastifyInstance, { find, list, watch }: Dependencies): void => {
  serve(app, api.listDocuments, async ({ caller, query, request, reply }) => {
    const page = await list(caller().tenant, query());
    if (page.next_cursor) {
      const next = new URLSearchParams({ ...Object(request.query), cursor: page.next_cursor });
      reply.header("link", `<${api.listDocuments.path}?${next}>; rel="next"`);
    }
    return page;
  });

  serve(app, api.getDocument, async ({ caller, params, query, request, reply }) => {
    const { tenant } = caller();
    const found = await find(tenant, params.id);
    const { wait } = query();
    const known = request.headers["if-none-match"];
    const record = known
      ? await watch.untilChanged(tenant, found, wait, known)
      : await watch.untilFinal(tenant, found, wait);
    const document = await watch.view(record);
    const etag = documentEtag(document);
    reply.headers({ etag, "cache-control": "private, no-cache" });
    return matches(known, etag) ? reply.code(304).send() : reply.send(document);
  });
};

const results = (app: FastifyInstance, { find, watch, results: stored }: Dependencies): void => {
  const patience = async (record: DocumentRecord): Promise<number> =>
    retryAfter((await watch.view(record)).queue?.eta_seconds);

  serve(app, api.getResult, async ({ caller, params, query, request, reply }) => {
    const record = await find(caller().tenant, params.id);
    const format = chooseFormat(query().format, (types) => {
      const type = request.accepts().type(types);
      return Array.isArray(type) ? (type[0] ?? false) : type;
    });
    const result = await documentResult(stored, record, format, await patience(record));
    return sendStored(stored.storage, request, reply, result);
  });

  serve(app, api.getPage, async ({ caller, params, query, request, reply }) => {
    const record = await find(caller().tenant, params.id);
    query();
    const page = await pageResult(stored, record, params.n, await patience(record));
    return sendStored(stored.storage, request, reply, page);
  });

  serve(app, api.getPageImage, async ({ caller, params, query, request, reply }) => {
    const record = await find(caller().tenant, params.id);
    query();
    const image = await pageImage(stored, record, params.n, await patience(record));
    return sendStored(stored.storage, request, reply, image);
  });
};

/** `/v1/documents`: path and headers here, the work in the files beside. */
export const documentRoutes = (app: FastifyInstance, dependencies: Dependencies): void => {
  submission(app, dependencies);
  reading(app, dependencies);
  results(app, dependencies);
};
