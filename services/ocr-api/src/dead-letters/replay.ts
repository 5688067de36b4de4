import { type JobPayload, ProblemError, type ReplayOptions, type TenantId } from "@lectura/contracts";
import { type DocumentRecord, type DocumentStore, parseLetterId } from "@lectura/documents";
import type { Producer } from "@lectura/queue";
import type { Find } from "../documents/find.ts";
import { noSuchLetter } from "./no-such-letter.ts";

type Changes = { [Name in keyof ReplayOptions]?: Exclude<ReplayOptions[Name], undefined> };

/** Takes what a dead letter is about into work once more. @throws ProblemError 404, 409 while its document is in work */
export const createReplay =
  ({ documents, producer, find }: { documents: DocumentStore; producer: Producer; find: Find }) =>
  async (tenant: TenantId, id: string, readChanges: () => Promise<Changes>): Promise<DocumentRecord> => {
    const letter = parseLetterId(id);
    if (!letter) throw noSuchLetter();
    const record = await find(tenant, letter.document);
    const options = { ...record.options, ...(await readChanges()) };
    const attempt = await documents.replayLetter(tenant, letter, options);
    if (attempt < 0) throw noSuchLetter();
    if (attempt === 0) throw new ProblemError("conflict", "Its document is in work; wait until it is final.");
    // Should the process die here, the sweeper finds what the record says is owed.
    const job: Omit<JobPayload<"inspect">, "v"> = { tenant, document: record.id, attempt };
    if (letter.page === 0) await producer.add("inspect", job, options.priority);
    else await producer.add("page", { ...job, page: letter.page }, options.priority);
    return find(tenant, record.id);
  };
export type Replay = ReturnType<typeof createReplay>;
