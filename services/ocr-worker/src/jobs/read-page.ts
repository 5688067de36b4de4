import { failureClass, type JobPayload, type PageResult, ProblemError } from "@lectura/contracts";
import { type DocumentRecord, storageKeys, toFailure } from "@lectura/documents";
import { withSpan } from "@lectura/telemetry";
import { passwordOf } from "../inputs/password.ts";
import { clearIfGone } from "./clear-if-gone.ts";
import type { JobDependencies } from "./dependencies.ts";
import { failedPage } from "./failed-page.ts";
import { urgencyOf } from "./urgency.ts";

/** So often the engine may die over a page before the page is given up. */
const MAX_STRIKES = 3;
/** So often workers themselves may end with nothing but this page in hand: they are killed for other reasons, too. */
const MAX_DEATHS = 10;

/** A settled page, and what follows from it. */
export interface SettledPage {
  page: PageResult;
  complete: boolean;
  nextIndex: number | undefined;
}

const recognise = async (
  { ocr, inputs, documents, storage }: JobDependencies,
  job: JobPayload<"page">,
  record: DocumentRecord,
  signal: AbortSignal,
): Promise<PageResult> => {
  const { languages, text_layer: textLayer, preprocess } = record.options;
  // A document of one page has no plan yet in the record that its inspection took up.
  const urgency = urgencyOf(record, { alone: record.total === null || record.total === 1 });
  const password = await passwordOf(storage, record);
  try {
    return await inputs.use(record, async (path) =>
      ocr.recognize(path, job.page, { languages, textLayer, preprocess, ...password, signal, urgency }),
    );
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    // The page itself may be blameless: the engine's death is tried again until it has happened too often.
    if (error.code === "page-crashed" && (await documents.strike(job, job.page)) < MAX_STRIKES) throw error;
    if (error.code === "engine-unavailable") throw error;
    return failedPage(job.page, languages, toFailure(error));
  }
};

/** Reads a page in hand, unless workers have died over it. */
const readInHand = async (
  dependencies: JobDependencies,
  job: JobPayload<"page">,
  record: DocumentRecord,
  signal: AbortSignal,
): Promise<{ page: PageResult; deaths: number }> => {
  const { documents, worker } = dependencies;
  const deaths = await documents.takeInHand(job, job.page, worker);
  try {
    if (deaths < MAX_DEATHS) return { page: await recognise(dependencies, job, record, signal), deaths };
    const error = new ProblemError("page-crashed", `The worker ended ${deaths} times over this page alone.`);
    return { page: failedPage(job.page, record.options.languages, toFailure(error)), deaths };
  } finally {
    await documents.putDown(job, job.page, worker);
  }
};

/** Only deaths are tried again; what is the input's fault is explained in the page and is no dead letter. */
const givenUpAfter = ({ error }: PageResult, deaths: number): { givenUpAfter?: number } => {
  if (!error || failureClass(error.code) === "input") return {};
  if (error.code !== "page-crashed") return { givenUpAfter: 1 };
  return { givenUpAfter: deaths < MAX_DEATHS ? MAX_STRIKES : deaths };
};

/**
 * Reads one page, stores its result and counts it once. A second run of the same page changes nothing.
 * Undefined when nothing follows from it: the document is finished or gone, or another run was better off.
 */
export const readPage = async (
  dependencies: JobDependencies,
  job: JobPayload<"page">,
  record: DocumentRecord,
  signal: AbortSignal,
): Promise<SettledPage | undefined> => {
  const { documents, storage, metrics } = dependencies;
  const began = performance.now();
  const { page, deaths } = await withSpan("recognise page", async () => readInHand(dependencies, job, record, signal));
  // Of the engine where it has said so: waiting for a process is nobody's pace and nobody's use.
  const engine = Object.values(page.timings).reduce((sum, each) => sum + each, 0);
  const milliseconds = engine > 0 ? engine : performance.now() - began;
  // A run that stood still beyond its lock may fail long after its successor has stored the page.
  if (page.error && (await documents.isSettled(record.id, job.page))) return undefined;
  const key = storageKeys(record.tenant, record.id).page(job.page);
  await withSpan("store page", async () => storage.put(key, JSON.stringify(page)));
  const settled = await documents.settlePage(job, {
    number: job.page,
    failure: page.error,
    milliseconds,
    ...givenUpAfter(page, deaths),
  });
  if (!settled) {
    await clearIfGone(dependencies, record);
    return undefined;
  }
  metrics.settled(page, milliseconds / 1000);
  return { page, ...settled };
};
