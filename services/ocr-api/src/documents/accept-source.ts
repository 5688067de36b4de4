import { type DocumentOptions, SourceRequest, type TenantId } from "@lectura/contracts";
import {
  type DocumentRecord,
  type DocumentStore,
  type Hold,
  newDocumentId,
  storageKeys,
  type Workers,
} from "@lectura/documents";
import type { Guard } from "@lectura/guard";
import type { Storage } from "@lectura/storage";
import type { Submission } from "./accept.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { keepPassword } from "./keep-password.ts";
import { leavingNothing } from "./leaving-nothing.ts";
import { requireLanguages } from "./require-languages.ts";
import type { ShareKeeper } from "./shares.ts";

interface Dependencies {
  documents: DocumentStore;
  workers: Workers;
  storage: Storage;
  shares: Pick<ShareKeeper, "most">;
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
  ({ documents, workers, storage, shares, checkUrl }: Dependencies) =>
  async (tenant: TenantId, { traceId, anew }: Submission, named: NamedSource, hold?: Hold): Promise<DocumentRecord> => {
    const { password, ...options } = named.options;
    const source_url = checkUrl(named.url).href;
    if (options.callback_url !== null) options.callback_url = checkUrl(options.callback_url).href;
    requireLanguages(await workers.lastKnown(), options.languages);
    const now = Date.now();
    const id = newDocumentId(now);
    return leavingNothing({ documents, storage }, { tenant, id }, async () => {
      if (password !== null) await documents.receiving({ tenant, id });
      const sealed_password = await keepPassword(storage, storageKeys(tenant, id), password);
      const record = await documents.create(
        { id, tenant, input: null, source_url, anew, options, sealed_password, trace_id: traceId, now },
        hold && { hold, fingerprint: fingerprintOf(named.url, named.options) },
        shares.most,
      );
      await documents.wantFetch(id);
      return record;
    });
  };
export type AcceptSource = ReturnType<typeof createAcceptSource>;
