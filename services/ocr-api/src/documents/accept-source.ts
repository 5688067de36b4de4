import { type DocumentOptions, SourceRequest, type TenantId } from "@lectura/contracts";
import { type DocumentRecord, type DocumentStore, type Hold, newDocumentId, type Workers } from "@lectura/documents";
import type { Guard } from "@lectura/guard";
import type { Storage } from "@lectura/storage";
import { type Admitted, type BeginDocument } from "./begin-document.ts";
import { leavingNothing } from "./leaving-nothing.ts";

interface Dependencies {
  documents: DocumentStore;
  workers: Workers;
  storage: Storage;
  begin: BeginDocument;
  checkUrl: Guard["checkUrl"];
}

/** What a submission names in place of bringing its file. */
export interface NamedSource {
  url: string;
  options: DocumentOptions;
}

/** @throws ZodError for what is no such form */
export const parseSource = (body: unknown): NamedSource => {
  const { source, ...options } = SourceRequest.parse(body);
  return { url: source.url, options };
};

/**
 * Takes in a document whose file lies behind a URL: courier will fetch it. When it resolves the record is durable; should
 * the process die before the fetch is owed, the sweeper adds it. The Idempotency-Key of `hold` stands for it then.
 * @throws ProblemError 422 for what the URL itself tells
 */
export const createAcceptSource =
  ({ documents, workers, storage, begin, checkUrl }: Dependencies) =>
  async (tenant: TenantId, admitted: Admitted, named: NamedSource, hold?: Hold): Promise<DocumentRecord> => {
    const source_url = checkUrl(named.url).href;
    const options = begin.check(named.options, await workers.lastKnown());
    const now = Date.now();
    const id = newDocumentId(now);
    const beginning = { ...admitted, tenant, id, now, hold };
    return leavingNothing({ documents, storage }, { tenant, id }, async () => {
      if (named.options.password !== null) await documents.receiving({ tenant, id });
      const sealed_password = await begin.seal(beginning, named.options);
      const made = { input: null, source_url, anew: admitted.anew, options, sealed_password };
      const record = await begin.record(beginning, named.url, named.options, made);
      await documents.wantFetch(id);
      return record;
    });
  };
export type AcceptSource = ReturnType<typeof createAcceptSource>;
