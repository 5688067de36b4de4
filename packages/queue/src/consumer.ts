import { JOB_VERSION, type JobName, type JobPayload, jobs } from "@lectura/contracts";
import { DelayedError, type Job, type Processor, WaitingError, Worker } from "bullmq";
import { BullMQOtel } from "bullmq-otel";
import type { Redis } from "ioredis";
import { backoff, DOCUMENT_QUEUE, JOB_ATTEMPTS, PAGE_QUEUE, workerOptions } from "./options.ts";

/** One handler for every kind of job; a job without one does not compile. */
export type JobHandlers = {
  [Name in JobName]: (payload: JobPayload<Name>, context: { signal: AbortSignal }) => Promise<void>;
};

export interface ConsumerOptions {
  connection: Redis;
  prefix?: string;
  handlers: JobHandlers;
  /** Jobs at once from each of the two queues. */
  concurrency: number;
  /** A job of this name has failed `JOB_ATTEMPTS` times, or cannot be understood; it leaves the queue after this. */
  onGivenUp: (payload: JobPayload<JobName>, error: Error, name: string) => Promise<void>;
  /** A try has failed and the job will be tried again. */
  onRetry: (payload: JobPayload<JobName>, error: Error) => void;
  onError: (error: Error) => void;
  /** Milliseconds before the next try of a job that has failed so often. */
  backoff?: (attemptsMade: number) => number;
}

/** A newer platform's job waits this long for a newer worker. */
const NEWER_JOB_DELAY_MS = 5000;

const isJobName = (name: string): name is JobName => name in jobs;

const dispatch = async (handlers: JobHandlers, job: Job, signal: AbortSignal): Promise<void> => {
  if (!isJobName(job.name)) throw new Error(`no such job: ${job.name}`);
  switch (job.name) {
    case "inspect":
      return handlers.inspect(jobs.inspect.parse(job.data), { signal });
    case "page":
      return handlers.page(jobs.page.parse(job.data), { signal });
    case "assemble":
      return handlers.assemble(jobs.assemble.parse(job.data), { signal });
    case "format":
      return handlers.format(jobs.format.parse(job.data), { signal });
    case "image":
      return handlers.image(jobs.image.parse(job.data), { signal });
  }
};

const startWorker = (queue: string, options: ConsumerOptions, process: Processor): Worker => {
  const worker = new Worker(queue, process, {
    ...workerOptions,
    connection: options.connection,
    prefix: options.prefix ?? "lectura",
    settings: { backoffStrategy: options.backoff ?? backoff },
    concurrency: options.concurrency,
    telemetry: new BullMQOtel({ tracerName: "lectura" }),
  });
  worker.on("error", options.onError);
  worker.on("failed", (job, error) => {
    const payload = jobs.inspect.loose().safeParse(job?.data);
    if (!job || !payload.success) options.onError(error);
    else if (job.attemptsMade < JOB_ATTEMPTS) options.onRetry(payload.data, error);
    else options.onGivenUp(payload.data, error, job.name).catch(options.onError);
  });
  return worker;
};

/**
 * Takes jobs and hands each to its handler, several at once. When closing, running jobs get `grace` ms to finish;
 * what is not done by then goes back to the queue.
 */
export const createConsumer = (options: ConsumerOptions) => {
  const stopping = new AbortController();

  const process = async (job: Job, token: string | undefined): Promise<void> => {
    if (Number(job.data.v) > JOB_VERSION) {
      await job.moveToDelayed(Date.now() + NEWER_JOB_DELAY_MS, token);
      throw new DelayedError();
    }
    try {
      await dispatch(options.handlers, job, stopping.signal);
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
      await job.moveToWait(token);
      throw new WaitingError();
    }
  };

  const workers = [DOCUMENT_QUEUE, PAGE_QUEUE].map((queue) => startWorker(queue, options, process));

  return {
    /** Rejects when no jobs are being taken. */
    checkRunning: async (): Promise<void> => {
      if (!workers.every((worker) => worker.isRunning())) throw new Error("the worker takes no jobs");
    },
    close: async (grace: number): Promise<void> => {
      const timer = setTimeout(() => stopping.abort(), grace);
      await Promise.all(workers.map(async (worker) => worker.close()));
      clearTimeout(timer);
    },
  };
};
