import { SourceRequest, type TenantId } from "@lectura/contracts";
import { type DocumentRecord, type DocumentStore, newDocumentId, type Workers } from "@lectura/documents";
import type { Guard } from "@lectura/guard";
import { requireLanguages } from "./accept.ts";

interface Dependencies {
  documents: DocumentStore;
  workers: Workers;
  checkUrl: Guard["checkUrl"];
}

/**
 * Takes in a document whose file lies behind a URL: courier will fetch it. When it resolves the record is durable; should
 * the process die before the fetch is owed, the sweeper adds it. @throws ProblemError 422 for what the URL itself tells
 */
export const createAcceptSource =
  ({ documents, workers, checkUrl }: Dependencies) =>
  async (tenant: TenantId, traceId: string, read: () => Promise<unknown>): Promise<DocumentRecord> => {
    const { source, ...options } = SourceRequest.parse(await read());
    const source_url = checkUrl(source.url).href;
    if (options.callback_url !== null) options.callback_url = checkUrl(options.callback_url).href;
    requireLanguages(await workers.lastKnown(), options.languages);
    const now = Date.now();
    const id = newDocumentId(now);
    const record = await documents.create({ id, tenant, input: null, source_url, options, trace_id: traceId, now });
    await documents.wantFetch(id);
    return record;
  };
export type AcceptSource = ReturnType<typeof createAcceptSource>;
