import { type JobPayload, PageResult, selectPages } from "@lectura/contracts";
import {
  type DocumentRecord,
  isTombstone,
  type Outcome,
  type Recogniser,
  resultKey,
  storageKeys,
  toDocument,
} from "@lectura/documents";
import type { Storage } from "@lectura/storage";
import { withSpan } from "@lectura/telemetry";
import { forgetPassword } from "../inputs/password.ts";
import { provenanceOf } from "../results/provenance.ts";
import { writeResults } from "../results/write-results.ts";
import { clearIfGone } from "./clear-if-gone.ts";
import type { JobDependencies } from "./dependencies.ts";
import { takeUp } from "./take-up.ts";

/** The pages of a document in order; read anew each time it is called. */
type Pages = () => Iterable<PageResult> | AsyncIterable<PageResult>;

const storedPages = (storage: Storage, record: DocumentRecord): Pages => {
  const keys = storageKeys(record.tenant, record.id);
  return async function* () {
    for (const number of selectPages(record.options.pages, record.source_pages ?? 0)) {
      const bytes = await storage.read(keys.page(number));
      if (!bytes) throw new Error(`page ${number} of ${record.id} is settled, the storage does not have it`);
      yield PageResult.parse(JSON.parse(bytes.toString("utf8")));
    }
  };
};

const outcomeOf = async (pages: Pages): Promise<Outcome> => {
  let failed = 0;
  let total = 0;
  const confidences: number[] = [];
  let error: PageResult["error"] = null;
  for await (const page of pages()) {
    total += 1;
    if (page.error) failed += 1;
    error ??= page.error;
    if (page.confidence !== null) confidences.push(page.confidence);
  }
  const mean = confidences.reduce((sum, each) => sum + each, 0) / confidences.length;
  const confidence = confidences.length === 0 ? null : Math.round(mean * 100) / 100;
  const finished_at = Date.now();
  if (failed === total) return { status: "failed", finished_at, error };
  return { status: failed > 0 ? "partial" : "succeeded", finished_at, confidence };
};

/**
 * Where others find this result. That of a copy is found by its original, since this engine has not read its pages; what a
 * password has opened is for those who know it.
 */
const foundBy = (record: DocumentRecord, { status }: Outcome, info: Recogniser) => {
  const { tenant, input, options, cached, sealed_password } = record;
  if (status !== "succeeded" || cached || sealed_password !== null || input === null) return undefined;
  return { tenant, by: resultKey({ input, options }, info) };
};

/** Puts the page results together, stores the whole in every format and finishes the document. */
export const assembleDocument = async (
  dependencies: JobDependencies,
  job: JobPayload<"assemble">,
  pages?: Pages,
): Promise<void> => {
  const { documents, storage, inputs, ocr } = dependencies;
  const record = await documents.read(job.document);
  if (!record || isTombstone(record)) return;
  const all = pages ?? storedPages(storage, record);
  const outcome = await outcomeOf(all);
  if (outcome.status !== "failed") {
    const document = toDocument({ ...record, ...outcome }, null);
    await withSpan("store results", async () =>
      writeResults(storage, {
        document,
        tenant: record.tenant,
        pages: all,
        provenance: provenanceOf(ocr.info, record),
      }),
    );
  }
  await documents.finish(job, outcome, foundBy(record, outcome, ocr.info));
  await forgetPassword(storage, record);
  await clearIfGone(dependencies, record);
  await inputs.forget(record.id);
};

export const createAssemble =
  (dependencies: JobDependencies) =>
  async (job: JobPayload<"assemble">): Promise<void> => {
    if (await takeUp(dependencies, job)) await assembleDocument(dependencies, job);
  };
