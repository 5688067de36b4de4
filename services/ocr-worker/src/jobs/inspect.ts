import { type JobPayload, ProblemError, selectPages } from "@lectura/contracts";
import { type DocumentRecord, toFailure } from "@lectura/documents";
import { withSpan } from "@lectura/telemetry";
import { forgetPassword, passwordOf } from "../inputs/password.ts";
import { assembleDocument } from "./assemble.ts";
import type { JobDependencies } from "./dependencies.ts";
import { readPage } from "./read-page.ts";
import { urgencyOf } from "./urgency.ts";
import { takeUp } from "./take-up.ts";
import { whileInWork } from "./while-in-work.ts";

/** So many pages of a document wait in the queue for each that can be recognised at once: enough to keep busy. */
const WINDOW_PER_SLOT = 4;

const chosenPages = (record: DocumentRecord, total: number, maxPages: number): number[] => {
  const pages = selectPages(record.options.pages, total);
  if (pages.length === 0) {
    throw new ProblemError(
      "invalid-option",
      `pages ${record.options.pages} selects none of the document's ${total} pages.`,
    );
  }
  if (pages.length > maxPages) {
    throw new ProblemError("too-many-pages", `The document has ${pages.length} pages, the limit is ${maxPages}.`);
  }
  return pages;
};

const inspect = async (
  dependencies: JobDependencies,
  job: JobPayload<"inspect">,
  record: DocumentRecord,
  signal: AbortSignal,
): Promise<void> => {
  const { documents, storage, producer, inputs, ocr, maxPages } = dependencies;
  const options = { ...(await passwordOf(storage, record)), signal, urgency: urgencyOf(record, { alone: true }) };
  const { pages: total } = await withSpan("inspect input", async () =>
    inputs.use(record, async (path) => ocr.inspect(path, options)),
  );
  const { document_pages: most = maxPages } = await documents.ownLimits(record.tenant);
  const pages = chosenPages(record, total, most);
  const window = ocr.info.slots * WINDOW_PER_SLOT;
  const issued = await documents.plan(job, { sourcePages: total, selected: pages.length, window });
  if (issued === undefined) return;
  const [only, ...others] = pages;
  if (only === undefined || others.length > 0) {
    await producer.addAll(
      "page",
      pages.slice(0, issued).map((page) => ({ ...job, page })),
      record.options.priority,
    );
    return;
  }
  const settled = await readPage(dependencies, { ...job, page: only }, { ...record, source_pages: total }, signal);
  if (settled?.complete) await assembleDocument(dependencies, job, signal, () => [settled.page]);
};

/** Finds out what the input is. A single page is read right here; of more, the first ones go into the queue. */
export const createInspect =
  (dependencies: JobDependencies) =>
  async (job: JobPayload<"inspect">, { signal }: { signal: AbortSignal }): Promise<void> => {
    const { documents, storage, inputs } = dependencies;
    const record = await takeUp(dependencies, job);
    if (!record) return;
    try {
      await whileInWork(dependencies, { job, record, signal }, async (inWork) =>
        inspect(dependencies, job, record, inWork),
      );
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code === "page-crashed" || error.code === "engine-unavailable")
        throw error;
      await documents.finish(job, { status: "failed", finished_at: Date.now(), error: toFailure(error) });
      await forgetPassword(storage, record);
      await inputs.forget(record.id);
    }
  };
