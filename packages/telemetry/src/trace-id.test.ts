import { expect, test } from "vitest";
import { flushTracing } from "./process-tracing.ts";
import { currentTraceId, nameSpanAfterRoute, withSpan } from "./trace-id.ts";

test("in a process without tracing there is a trace id all the same, and nothing to flush", async () => {
  expect(currentTraceId()).toMatch(/^[0-9a-f]{32}$/);
  expect(currentTraceId()).not.toBe(currentTraceId());
  expect(() => nameSpanAfterRoute("GET", "/")).not.toThrow();
  await expect(flushTracing()).resolves.toBeUndefined();
});

test("a stage of work answers what the work answers, and fails as it fails", async () => {
  expect(await withSpan("work", async () => 7)).toBe(7);
  const error = new Error("broken");
  await expect(withSpan("work", () => Promise.reject(error))).rejects.toBe(error);
});
