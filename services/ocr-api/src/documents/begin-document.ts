import type { DocumentOptions, Limits, TenantId } from "@lectura/contracts";
import {
  type DocumentRecord,
  type DocumentStore,
  type Hold,
  type NewDocument,
  storageKeys,
  type Workers,
} from "@lectura/documents";
import type { Guard } from "@lectura/guard";
import type { Storage } from "@lectura/storage";
import { fingerprintOf } from "./fingerprint.ts";
import { keepPassword } from "./keep-password.ts";
import { requireLanguages } from "./require-languages.ts";

/** What is known of a submission before its body is read. */
export interface Submission {
  traceId: string;
  /** Undefined where nothing is traced. */
  traceparent: string | undefined;
  /** Recognise it whether or not that was done before. */
  anew: boolean;
}

/** A submission that its tenant's share has room for. */
export interface Admitted extends Submission {
  limits: Limits;
}

/** A document that is about to be made. */
export interface Beginning extends Admitted {
  tenant: TenantId;
  id: DocumentRecord["id"];
  now: number;
  hold: Hold | undefined;
}

/** What a document of either form begins with. */
export const createBeginDocument = ({
  documents,
  storage,
  checkUrl,
}: {
  documents: Pick<DocumentStore, "create">;
  storage: Pick<Storage, "put">;
  checkUrl: Guard["checkUrl"];
}) => ({
  /** Options without their password. @throws ProblemError 422 for a language or a callback that cannot be had */
  check: (
    { password: _password, ...options }: DocumentOptions,
    known: Awaited<ReturnType<Workers["lastKnown"]>>,
  ): Omit<DocumentOptions, "password"> => {
    requireLanguages(known, options.languages);
    return { ...options, callback_url: options.callback_url && checkUrl(options.callback_url).href };
  },

  /** Keeps the key to a password; what it seals goes into the record. */
  seal: async ({ tenant, id }: Beginning, { password }: DocumentOptions): Promise<string | null> =>
    keepPassword(storage, storageKeys(tenant, id), password),

  /** Makes the record. The Idempotency-Key stands for it then, with what was asked for about `file`. */
  record: async (
    { tenant, id, now, traceId, traceparent, limits, hold }: Beginning,
    file: string,
    asked: DocumentOptions,
    made: Pick<NewDocument, "input" | "options" | "source_url" | "anew" | "sealed_password">,
  ): Promise<DocumentRecord> =>
    documents.create(
      { id, tenant, trace_id: traceId, traceparent: traceparent ?? null, now, ...made },
      hold && { hold, fingerprint: fingerprintOf(file, asked) },
      { inFlight: limits.in_flight_documents, keptBytes: limits.kept_bytes },
    ),
});
export type BeginDocument = ReturnType<typeof createBeginDocument>;
