import { type DeadLetter, DocumentId, Failure, failureClass, type TenantId } from "@lectura/contracts";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Keys } from "./keys.ts";
import type { DocumentRecord } from "./record.ts";
import type { RunScript } from "./scripts.ts";

/** A dead letter's id, taken apart. */
export interface LetterName {
  document: DocumentId;
  /** Attempt and page: its name among the letters of its document. */
  name: string;
  /** 0 for the whole document. */
  page: number;
}

const StoredLetter = z.object({
  failure: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(Failure),
  attempts: z.number(),
  at: z.number(),
});

/** Takes an id apart; undefined when it is none. */
export const parseLetterId = (id: string): LetterName | undefined => {
  const [, document = "", name = "", page] = /^(doc_[0-9a-f]{32})-(\d{1,9}-(\d{1,7}))$/.exec(id) ?? [];
  return DocumentId.safeParse(document).success ? { document, name, page: Number(page) } : undefined;
};

/** What was given up: to be read, tried again and forgotten. */
export const createDeadLetters = (redis: Redis, run: RunScript, keys: Keys) => {
  const read = async (id: string): Promise<DeadLetter[]> => {
    const letter = parseLetterId(id);
    if (!letter) return [];
    const [text, traceId] = await Promise.all([
      redis.hget(keys.letters(letter.document), letter.name),
      redis.hget(keys.record(letter.document), "trace_id"),
    ]);
    // Forgotten since it was listed.
    if (text === null) return [];
    const { failure, attempts, at } = StoredLetter.parse(JSON.parse(text));
    return [
      {
        id,
        document_id: letter.document,
        page: letter.page === 0 ? null : letter.page,
        class: failureClass(failure.code),
        code: failure.code,
        last_error: failure.detail,
        attempts,
        trace_id: traceId ?? "",
        created_at: new Date(at).toISOString(),
      },
    ];
  };

  return {
    /** A tenant's dead letters, those of the newest document first. */
    listLetters: async (
      tenant: TenantId,
      { limit, after }: { limit: number; after?: string | undefined },
    ): Promise<{ items: DeadLetter[]; more: boolean }> => {
      // "0" comes right after "/", so that this is where the tenant's range ends.
      const end = after === undefined ? `(${tenant}0` : `(${tenant}/${after}`;
      const found = await redis.zrange(keys.allLetters, end, `[${tenant}/`, "BYLEX", "REV", "LIMIT", 0, limit + 1);
      const ids = found.map((member) => member.slice(tenant.length + 1));
      const items = await Promise.all(ids.slice(0, limit).map(read));
      return { items: items.flat(), more: ids.length > limit };
    },

    /** Takes a document into work once more; its new attempt, 0 when it is not finished, -1 without such a letter. */
    replayLetter: async (
      tenant: TenantId,
      { document, name, page }: LetterName,
      options: DocumentRecord["options"],
    ): Promise<number> =>
      z
        .number()
        .parse(
          await run(
            "replay",
            [
              ...keys.document(document),
              keys.open,
              keys.waiting,
              keys.letters(document),
              keys.allLetters,
              keys.inFlight,
              keys.pagesLeft,
            ],
            [document, tenant, name, page, Date.now(), keys.changes, JSON.stringify(options)],
          ),
        ),

    /** False when the tenant has no such letter. */
    forgetLetter: async (tenant: TenantId, { document, name }: LetterName): Promise<boolean> =>
      (await run("forget-letter", [keys.letters(document), keys.allLetters], [tenant, document, name])) === 1,
  };
};
