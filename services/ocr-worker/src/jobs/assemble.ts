import type { JobPayload, PageResult } from "@lectura/contracts";
import {
  type DocumentRecord,
  isTombstone,
  type Outcome,
  type Recogniser,
  resultKey,
  toDocument,
} from "@lectura/documents";
import { withSpan } from "@lectura/telemetry";
import { forgetPassword } from "../inputs/password.ts";
import { provenanceOf } from "../results/provenance.ts";
import { type Pages, storedPages } from "../results/stored-pages.ts";
import { writeResults } from "../results/write-results.ts";
import { clearIfGone } from "./clear-if-gone.ts";
import type { JobDependencies } from "./dependencies.ts";
import { takeUp } from "./take-up.ts";
import { whileInWork } from "./while-in-work.ts";

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

/** Puts the page results together, stores the whole in the formats asked for and finishes the document. */
export const assembleDocument = async (
  dependencies: JobDependencies,
  job: JobPayload<"assemble">,
  signal: AbortSignal,
  pages?: Pages,
): Promise<void> => {
  const { documents, storage, inputs, ocr } = dependencies;
  const record = await documents.read(job.document);
  if (!record || isTombstone(record)) return;
  const all = pages ?? storedPages(storage, record);
  const outcome = await outcomeOf(all);
  if (outcome.status !== "failed") {
    const document = toDocument({ ...record, ...outcome }, null);
    const result = { record, document, pages: all, provenance: provenanceOf(ocr.info, record) };
    await withSpan("store results", async () => writeResults(dependencies, result, signal));
  }
  await documents.finish(job, outcome, foundBy(record, outcome, ocr.info));
  await forgetPassword(storage, record);
  await clearIfGone(dependencies, record);
  await inputs.forget(record.id);
};

export const createAssemble =
  (dependencies: JobDependencies) =>
  async (job: JobPayload<"assemble">, { signal }: { signal: AbortSignal }): Promise<void> => {
    const record = await takeUp(dependencies, job);
    if (!record) return;
    // A searchable PDF of many pages takes a while, and its document may be cancelled meanwhile.
    await whileInWork(dependencies, { job, record, signal }, async (inWork) =>
      assembleDocument(dependencies, job, inWork),
    );
  };
