import { failureClass, type JobName, type JobPayload, ProblemError } from "@lectura/contracts";
import { type DocumentStore, NewerRecordError, toFailure } from "@lectura/documents";
import { JOB_ATTEMPTS } from "@lectura/queue";
import { isOutage, type Logger } from "@lectura/runtime";
import { Counter, type Registry } from "@lectura/telemetry";

/** What is made of pages that are read: who asks for it again has it made again, whatever became of the document. */
const BESIDE_THE_DOCUMENT: ReadonlySet<string> = new Set<JobName>(["format", "image"]);

/**
 * Ends a document whose job has failed too often to be passing trouble. While Redis, the storage or the engine is away,
 * or the record belongs to a newer version, the document stays open instead: the sweeper brings its jobs back.
 */
export const createGiveUp = ({
  documents,
  log,
  registry,
}: {
  documents: Pick<DocumentStore, "finish">;
  log: Logger;
  registry: Registry;
}) => {
  const givenUp = new Counter({
    name: "ocr_documents_given_up_total",
    help: "documents ended because a job of theirs failed too often",
    registers: [registry],
  });
  return async (job: JobPayload<JobName>, error: Error, name: string): Promise<void> => {
    const unavailable = error instanceof ProblemError && error.code === "engine-unavailable";
    log.error({ err: error, document: job.document, job: name }, "a job has failed too often");
    if (BESIDE_THE_DOCUMENT.has(name)) return;
    if (unavailable || isOutage(error) || error instanceof NewerRecordError) return;
    const failure = toFailure(
      error instanceof ProblemError
        ? error
        : new ProblemError("internal", "The fault is in the platform and has been logged."),
    );
    const ended = await documents.finish(job, {
      status: "failed",
      finished_at: Date.now(),
      error: failure,
      ...(failureClass(failure.code) !== "input" && { givenUpAfter: JOB_ATTEMPTS }),
    });
    // Several jobs of a document may fail; only one of them ends it.
    if (ended) givenUp.inc();
  };
};
