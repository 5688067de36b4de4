import type { JobsOptions } from "bullmq";

/** New documents, which a worker inspects, and finished ones, which it puts together. */
export const DOCUMENT_QUEUE = "ocr";
/** Pages of longer documents, in a line of their own so that new documents never stand behind them. */
export const PAGE_QUEUE = "ocr-pages";

/** After so many tries a job's failure is no passing trouble. With the back-off below that is about two minutes. */
export const JOB_ATTEMPTS = 10;

const BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 30_000;

/** Doubling from 0.2 s to 30 s, with jitter so that jobs that failed together do not come back together. */
export const backoff = (attemptsMade: number): number =>
  Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (attemptsMade - 1)) * (0.5 + Math.random() / 2);

export const jobOptions: JobsOptions = {
  attempts: JOB_ATTEMPTS,
  backoff: { type: "custom" },
  // A job that stays would swallow its own repetition; the record remembers what matters.
  removeOnComplete: true,
  removeOnFail: true,
};

export const workerOptions = {
  // A killed worker's page is taken up again within lock + interval: 15 s.
  lockDuration: 10_000,
  stalledInterval: 5000,
  // BullMQ would fail a job at its second kill; how often an engine may die over a page is counted in the record.
  maxStalledCount: 1000,
};
