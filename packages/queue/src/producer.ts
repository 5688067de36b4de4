import { JOB_VERSION, type JobName, type JobPayload, type Priority } from "@lectura/contracts";
import { Queue } from "bullmq";
import { BullMQOtel } from "bullmq-otel";
import type { Redis } from "ioredis";
import { DOCUMENT_QUEUE, jobOptions, PAGE_QUEUE } from "./options.ts";
import { createTurns } from "./turns.ts";

/** A job without its version, which the producer adds. */
export type NewJob<Name extends JobName> = Omit<JobPayload<Name>, "v">;

// Said once per kind of work: adding what is in the queue already changes nothing. BullMQ refuses colons.
const jobId = (
  name: JobName,
  { document, attempt, page, format }: { document: string; attempt: number; page?: number; format?: string },
): string => [document, name === "page" ? [] : name, page ?? format ?? [], attempt].flat().join("-");

const openQueue = (name: string, connection: Redis, prefix: string): Queue => {
  const queue = new Queue(name, { connection, prefix, telemetry: new BullMQOtel({ tracerName: "lectura" }) });
  // Who owns the connection that this one is a twin of logs errors; without a listener BullMQ would print each once more.
  queue.on("error", () => {});
  return queue;
};

const withOptions = <Name extends JobName>(name: Name, job: NewJob<Name>, place = 0) => ({
  name,
  data: { v: JOB_VERSION, ...job },
  opts: { ...jobOptions, jobId: jobId(name, job), priority: place },
});

/** Puts work into the queues; durable in Redis when it resolves. */
export const createProducer = ({ connection, prefix = "lectura" }: { connection: Redis; prefix?: string }) => {
  // BullMQ defines its fifty scripts on its connection, and ioredis copies them into every pipeline that is sent there.
  const bullmq = connection.duplicate();
  const openLine = (name: string) => ({
    queue: openQueue(name, bullmq, prefix),
    takeTurns: createTurns(connection, `${prefix}:${name}`),
  });
  const documents = openLine(DOCUMENT_QUEUE);
  const pages = openLine(PAGE_QUEUE);

  /** New documents of a tenant stand in one line, pages in one for each document. What is nearly done, or awaited by a call, goes first. */
  const placesOf = async (name: JobName, job: NewJob<JobName>, count: number, priority: Priority) => {
    const { tenant, document } = job;
    switch (name) {
      case "inspect":
        return documents.takeTurns({ tenant, flow: "new", priority }, count);
      case "page":
        return pages.takeTurns({ tenant, flow: document, priority }, count);
      case "assemble":
      case "format":
      case "image":
        return [];
    }
  };

  const lineOf = (name: JobName) => (name === "page" ? pages : documents).queue;

  return {
    add: async <Name extends JobName>(
      name: Name,
      job: NewJob<Name>,
      priority: Priority = "interactive",
    ): Promise<void> => {
      const [place] = await placesOf(name, job, 1, priority);
      const { data, opts } = withOptions(name, job, place);
      await lineOf(name).add(name, data, opts);
    },
    /** Several jobs of one document. */
    addAll: async <Name extends JobName>(
      name: Name,
      jobs: NewJob<Name>[],
      priority: Priority = "interactive",
    ): Promise<void> => {
      const [first] = jobs;
      if (!first) return;
      const places = await placesOf(name, first, jobs.length, priority);
      await lineOf(name).addBulk(jobs.map((job, index) => withOptions(name, job, places[index])));
    },
    /** Jobs of both queues by state, for metrics. */
    counts: async (): Promise<Record<"wait" | "active" | "delayed", number>> => {
      const counts = await Promise.all(
        [documents, pages].map(async ({ queue }) => queue.getJobCounts("wait", "prioritized", "active", "delayed")),
      );
      const sum = (...states: string[]): number =>
        counts.flatMap((each) => states.map((state) => each[state] ?? 0)).reduce((total, each) => total + each, 0);
      return { wait: sum("wait", "prioritized"), active: sum("active"), delayed: sum("delayed") };
    },
    close: async (): Promise<void> => {
      await Promise.all([documents.queue.close(), pages.queue.close()]);
      await bullmq.quit();
    },
  };
};
export type Producer = ReturnType<typeof createProducer>;
