import { context, trace } from "@opentelemetry/api";
import { currentTraceId, startTracing } from "@lectura/telemetry";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newJob, openQueue, type TestQueue } from "./fixtures/queue.ts";

const tracing = await startTracing({ service: "tiny", version: "0.0.0", endpoint: undefined });

let queue: TestQueue;
beforeEach(() => {
  queue = openQueue(process.env["REDIS_URL"]);
});
afterEach(async () => {
  await queue.close();
  await tracing.close();
});

const inNewTrace = async (work: () => Promise<void>): Promise<string> => {
  const span = trace.getTracer("test").startSpan("call");
  await context.with(trace.setSpan(context.active(), span), work);
  span.end();
  return span.spanContext().traceId;
};

test("a trace goes through the queue into the handler, and into the jobs that the handler adds", async () => {
  const traces: Record<string, string> = {};
  const assembled = Promise.withResolvers<void>();
  const job = newJob();
  queue.consume(
    {
      inspect: async () => {
        traces["inspect"] = currentTraceId();
        await queue.producer.addAll("page", [{ ...job, page: 1 }]);
      },
      page: async () => {
        traces["page"] = currentTraceId();
        await queue.producer.add("assemble", job);
      },
      assemble: async () => {
        traces["assemble"] = currentTraceId();
        assembled.resolve();
      },
    },
    { concurrency: 2 },
  );
  const traceId = await inNewTrace(async () => queue.producer.add("inspect", job));
  await assembled.promise;
  expect(traces).toEqual({ inspect: traceId, page: traceId, assemble: traceId });
});

test("jobs of two calls at once keep to their own traces", async () => {
  const traces = new Map<string, string>();
  const both = Promise.withResolvers<void>();
  queue.consume(
    {
      inspect: async ({ document }) => {
        traces.set(document, currentTraceId());
        if (traces.size === 2) both.resolve();
        await both.promise;
      },
    },
    { concurrency: 2 },
  );
  const [a, b] = [newJob(), newJob()];
  const [traceA, traceB] = await Promise.all(
    [a, b].map(async (job) => inNewTrace(async () => queue.producer.add("inspect", job))),
  );
  await both.promise;
  expect([traces.get(a.document), traces.get(b.document)]).toEqual([traceA, traceB]);
  expect(traceA).not.toBe(traceB);
});
