import { type JobPayload, selectPages } from "@lectura/contracts";
import type { DocumentRecord } from "@lectura/documents";
import type { JobDependencies } from "./dependencies.ts";
import { readPage } from "./read-page.ts";
import { takeUp } from "./take-up.ts";
import { whileInWork } from "./while-in-work.ts";

const readAndGoOn = async (
  dependencies: JobDependencies,
  job: JobPayload<"page">,
  record: DocumentRecord,
  signal: AbortSignal,
): Promise<void> => {
  const settled = await readPage(dependencies, job, record, signal);
  if (!settled) return;
  const { page: _done, ...document } = job;
  const next =
    settled.nextIndex === undefined
      ? undefined
      : selectPages(record.options.pages, record.source_pages ?? 0)[settled.nextIndex];
  const { producer } = dependencies;
  if (next !== undefined) await producer.add("page", { ...document, page: next }, record.options.priority);
  if (settled.complete) await producer.add("assemble", document);
};

/** Reads one page of a longer document, then puts its next page into the queue, or its assembly after the last. */
export const createPage =
  (dependencies: JobDependencies) =>
  async (job: JobPayload<"page">, { signal }: { signal: AbortSignal }): Promise<void> => {
    const record = await takeUp(dependencies, job);
    if (!record || record.source_pages === null) return;
    if (await dependencies.documents.isSettled(record.id, job.page)) return;
    await whileInWork(dependencies, { job, record, signal }, async (inWork) =>
      readAndGoOn(dependencies, job, record, inWork),
    );
  };
