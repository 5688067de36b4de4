import { JOB_VERSION, type JobName, type JobPayload } from "@lectura/contracts";
import { Queue } from "bullmq";
import { BullMQOtel } from "bullmq-otel";
import type { Redis } from "ioredis";
import { jobOptions, QUEUE } from "./options.ts";

/** A job without its version, which the producer adds. */
export type NewJob<Name extends JobName> = Omit<JobPayload<Name>, "v">;

// Said once per kind of work: adding what is in the queue already changes nothing. BullMQ refuses colons.
const jobId = (
  name: JobName,
  { document, attempt, page }: { document: string; attempt: number; page?: number },
): string => `${document}-${page ?? name}-${attempt}`;

/** Puts work into the queue; durable in Redis when it resolves. */
export const createProducer = ({ connection, prefix = "lectura" }: { connection: Redis; prefix?: string }) => {
  const queue = new Queue(QUEUE, { connection, prefix, telemetry: new BullMQOtel({ tracerName: "lectura" }) });
  // The connection's owner logs its errors; without a listener BullMQ would print each once more.
  queue.on("error", () => {});
  return {
    add: async <Name extends JobName>(name: Name, job: NewJob<Name>): Promise<void> => {
      await queue.add(name, { v: JOB_VERSION, ...job }, { ...jobOptions, jobId: jobId(name, job) });
    },
    addAll: async <Name extends JobName>(name: Name, jobs: NewJob<Name>[]): Promise<void> => {
      await queue.addBulk(
        jobs.map((job) => ({
          name,
          data: { v: JOB_VERSION, ...job },
          opts: { ...jobOptions, jobId: jobId(name, job) },
        })),
      );
    },
    /** Jobs by state, for metrics. */
    counts: async (): Promise<Record<string, number>> => queue.getJobCounts("wait", "active", "delayed"),
    close: async (): Promise<void> => queue.close(),
  };
};
export type Producer = ReturnType<typeof createProducer>;
