import { type JobPayload, selectPages } from "@lectura/contracts";
import type { JobDependencies } from "./dependencies.ts";
import { readPage } from "./read-page.ts";
import { takeUp } from "./take-up.ts";

/** Reads one page of a longer document, then puts its next page into the queue, or its assembly after the last. */
export const createPage =
  (dependencies: JobDependencies) =>
  async (job: JobPayload<"page">, { signal }: { signal: AbortSignal }): Promise<void> => {
    const { documents, producer } = dependencies;
    const record = await takeUp(dependencies, job);
    if (!record || record.source_pages === null) return;
    if (await documents.isSettled(record.id, job.page)) return;
    const settled = await readPage(dependencies, job, record, signal);
    if (!settled) return;
    const { page: _done, ...document } = job;
    const next =
      settled.nextIndex === undefined
        ? undefined
        : selectPages(record.options.pages, record.source_pages)[settled.nextIndex];
    if (next !== undefined) await producer.add("page", { ...document, page: next });
    if (settled.complete) await producer.add("assemble", document);
  };
