import { spawn } from "node:child_process";
import { once } from "node:events";
import { JOB_VERSION, type JobName, type JobPayload } from "@lectura/contracts";
import { Queue } from "bullmq";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newJob, openQueue, type TestQueue } from "./fixtures/queue.ts";
import { JOB_ATTEMPTS, jobOptions, DOCUMENT_QUEUE } from "./options.ts";

let queue: TestQueue;

beforeEach(() => {
  queue = openQueue(process.env["REDIS_URL"]);
});
afterEach(() => queue.close());

const EMPTY = { wait: 0, active: 0, delayed: 0 };
const untilCounts = async (counts: Record<string, number>): Promise<void> =>
  vi.waitFor(async () => expect(await queue.producer.counts()).toEqual({ ...EMPTY, ...counts }), { timeout: 10_000 });

/** The queue without our producer, which makes well-formed jobs only. */
const bare = (): Queue => new Queue(DOCUMENT_QUEUE, { connection: queue.connection, prefix: queue.prefix });
const addForeign = async (name: string, data: unknown): Promise<void> => {
  await bare().add(name, data, jobOptions);
};

describe("a job", () => {
  test("of each kind arrives as it was sent, with the version that was not", async () => {
    const arrived: [JobName, unknown][] = [];
    const take = (name: JobName) => async (payload: JobPayload<JobName>) => void arrived.push([name, payload]);
    queue.consume({ inspect: take("inspect"), page: take("page"), assemble: take("assemble") });
    const job = newJob();
    await queue.producer.add("inspect", job);
    await queue.producer.add("page", { ...job, page: 7 });
    await queue.producer.add("assemble", job);
    await vi.waitFor(() => expect(arrived).toHaveLength(3), { timeout: 20_000 });
    // In whatever order: pages have a queue of their own, and what is nearly done goes first.
    expect(new Map(arrived)).toEqual(
      new Map<JobName, unknown>([
        ["inspect", { ...job, v: JOB_VERSION }],
        ["page", { ...job, v: JOB_VERSION, page: 7 }],
        ["assemble", { ...job, v: JOB_VERSION }],
      ]),
    );
    await untilCounts(EMPTY);
  });

  test("added twice runs once, whether it waits or is at work", async () => {
    const runs: number[] = [];
    const [first, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const job = newJob();
    await queue.producer.add("page", { ...job, page: 1 });
    await queue.producer.addAll("page", [
      { ...job, page: 1 },
      { ...job, page: 2 },
    ]);
    expect(await queue.producer.counts()).toEqual({ ...EMPTY, wait: 2 });
    queue.consume({
      page: async ({ page }) => {
        runs.push(page);
        first.resolve();
        await end.promise;
      },
    });
    await first.promise;
    await queue.producer.add("page", { ...job, page: 1 });
    end.resolve();
    await untilCounts(EMPTY);
    expect(runs).toEqual([1, 2]);
  });

  test("that is done may be asked for again, and so may another attempt at it", async () => {
    const attempts: number[] = [];
    queue.consume({ inspect: async ({ attempt }) => void attempts.push(attempt) });
    const job = newJob();
    for (const attempt of [1, 1, 2]) {
      const before = attempts.length;
      await queue.producer.add("inspect", { ...job, attempt });
      await vi.waitFor(() => expect(attempts).toHaveLength(before + 1), { timeout: 20_000 });
      await untilCounts(EMPTY);
    }
    expect(attempts).toEqual([1, 1, 2]);
  });

  test("of a newer platform is put back for a newer worker, and its tries are not counted", async () => {
    const inspect = vi.fn();
    const onGivenUp = vi.fn();
    queue.consume({ inspect }, { onGivenUp });
    await addForeign("inspect", { ...newJob(), v: JOB_VERSION + 1, surprise: true });
    await untilCounts({ delayed: 1 });
    const [job] = await bare().getDelayed();
    expect([job?.attemptsMade, job?.data]).toMatchObject([0, { v: JOB_VERSION + 1, surprise: true }]);
    expect(inspect).not.toHaveBeenCalled();
    expect(onGivenUp).not.toHaveBeenCalled();
  });
});

describe("a job that fails", () => {
  test("is tried again until it succeeds, and each failure is told", async () => {
    let runs = 0;
    const onRetry = vi.fn();
    const onGivenUp = vi.fn();
    queue.consume(
      {
        inspect: async () => {
          runs += 1;
          if (runs < 3) throw new Error(`failure ${runs}`);
        },
      },
      { onRetry, onGivenUp },
    );
    const job = newJob();
    await queue.producer.add("inspect", job);
    await vi.waitFor(() => expect(runs).toBe(3), { timeout: 20_000 });
    await untilCounts(EMPTY);
    expect(onRetry.mock.calls).toEqual(
      [1, 2].map((run) => [expect.objectContaining(job), new Error(`failure ${run}`)]),
    );
    expect(onGivenUp).not.toHaveBeenCalled();
  });

  test("every time is given up once and leaves the queue", async () => {
    const failure = new Error("it will never work");
    const page = vi.fn(async () => Promise.reject(failure));
    const onRetry = vi.fn();
    const givenUp = Promise.withResolvers<unknown[]>();
    queue.consume({ page }, { onRetry, onGivenUp: async (...call) => givenUp.resolve(call) });
    const job = { ...newJob(), page: 3 };
    await queue.producer.add("page", job);
    expect(await givenUp.promise).toEqual([{ ...job, v: JOB_VERSION }, failure, "page"]);
    expect(page).toHaveBeenCalledTimes(JOB_ATTEMPTS);
    expect(onRetry).toHaveBeenCalledTimes(JOB_ATTEMPTS - 1);
    await untilCounts(EMPTY);
  });

  test("waits between its tries as long as the back-off says", async () => {
    const attemptsMade: number[] = [];
    const backoff = (attempts: number) => {
      attemptsMade.push(attempts);
      return 3_600_000;
    };
    queue.consume({ inspect: () => Promise.reject(new Error("no")) }, { backoff });
    await queue.producer.add("inspect", newJob());
    await untilCounts({ delayed: 1 });
    expect(attemptsMade).toEqual([1]);
  });

  test("because nobody knows its kind is given up like any other", async () => {
    const givenUp = Promise.withResolvers<[unknown, Error]>();
    queue.consume({}, { onGivenUp: async (payload, error) => givenUp.resolve([payload, error]) });
    const job = { ...newJob(), v: JOB_VERSION };
    await addForeign("dance", job);
    expect(await givenUp.promise).toEqual([job, new Error("no such job: dance")]);
    await untilCounts(EMPTY);
  });

  test("because its payload is none is told as an error and leaves the queue", async () => {
    const onError = vi.fn();
    const onGivenUp = vi.fn();
    queue.consume({}, { onError, onGivenUp });
    await addForeign("inspect", { v: JOB_VERSION, document: "doc_1" });
    await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(JOB_ATTEMPTS), { timeout: 20_000 });
    await untilCounts(EMPTY);
    expect(onGivenUp).not.toHaveBeenCalled();
  });

  test("to be given up does not end the consumer", async () => {
    const onError = vi.fn();
    const done = Promise.withResolvers<void>();
    const failure = new Error("the record cannot be written");
    queue.consume(
      { inspect: () => Promise.reject(new Error("no")), assemble: async () => done.resolve() },
      { onError, onGivenUp: () => Promise.reject(failure) },
    );
    await queue.producer.add("inspect", newJob());
    await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(failure), { timeout: 20_000 });
    await queue.producer.add("assemble", newJob());
    await done.promise;
  });
});

/** A handler that says when it has begun, and ends when it is told to or when its signal ends it. */
const longJob = () => {
  const [begun, end] = [Promise.withResolvers<AbortSignal>(), Promise.withResolvers<void>()];
  const handler = async (_payload: unknown, { signal }: { signal: AbortSignal }): Promise<void> => {
    begun.resolve(signal);
    const aborted = once(signal, "abort").then(() => signal.throwIfAborted());
    await Promise.race([end.promise, aborted]);
  };
  return { handler, begun: begun.promise, end: end.resolve };
};

describe("a consumer that closes", () => {
  test("lets its running job finish within the grace time and takes no other", async () => {
    const { handler, begun, end } = longJob();
    const consumer = queue.consume({ inspect: handler });
    await queue.producer.add("inspect", newJob());
    const signal = await begun;
    await queue.producer.add("assemble", newJob());
    const closed = consumer.close(60_000);
    end();
    await closed;
    expect(signal.aborted).toBe(false);
    expect(await queue.producer.counts()).toEqual({ ...EMPTY, wait: 1 });
  });

  test("gives a job back that does not finish within it, and another one does it", async () => {
    const { handler, begun } = longJob();
    const told = { onRetry: vi.fn(), onGivenUp: vi.fn() };
    const consumer = queue.consume({ page: handler }, told);
    const job = { ...newJob(), page: 2 };
    await queue.producer.add("page", job);
    const signal = await begun;
    await consumer.close(1);
    expect(signal.aborted).toBe(true);
    expect(await queue.producer.counts()).toEqual({ ...EMPTY, wait: 1 });

    const taken = Promise.withResolvers<unknown>();
    queue.consume({ page: async (payload) => taken.resolve(payload) });
    expect(await taken.promise).toEqual({ ...job, v: JOB_VERSION });
    await untilCounts(EMPTY);
    expect(told.onRetry).not.toHaveBeenCalled();
    expect(told.onGivenUp).not.toHaveBeenCalled();
  });

  test("is no longer running", async () => {
    const consumer = queue.consume({});
    await consumer.checkRunning();
    await consumer.close(0);
    await expect(consumer.checkRunning()).rejects.toThrow("the worker takes no jobs");
  });
});

test("several jobs run at once, as many as allowed", async () => {
  let atWork = 0;
  const { promise: both, resolve } = Promise.withResolvers<void>();
  const page = async () => {
    atWork += 1;
    if (atWork === 2) resolve();
    await both;
  };
  queue.consume({ page }, { concurrency: 2 });
  const job = newJob();
  await queue.producer.addAll(
    "page",
    [1, 2].map((number) => ({ ...job, page: number })),
  );
  await both;
  await untilCounts(EMPTY);
});

test("a job whose worker is killed is taken over by another one", async () => {
  const script = `
    import { openQueue } from "${new URL("fixtures/queue.ts", import.meta.url).href}";
    import { createConsumer } from "${new URL("consumer.ts", import.meta.url).href}";
    const { connection } = openQueue(process.env.REDIS_URL);
    const never = async () => { console.log("begun"); await new Promise(() => {}); };
    createConsumer({ connection, prefix: process.env.PREFIX, concurrency: 1,
      handlers: { inspect: never, page: never, assemble: never },
      onGivenUp: async () => {}, onRetry: () => {}, onError: () => {} });
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: import.meta.dirname,
    env: { ...process.env, PREFIX: queue.prefix },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const job = newJob();
  await queue.producer.add("inspect", job);
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await ended;
  const taken = Promise.withResolvers<unknown>();
  const told = { onRetry: vi.fn(), onGivenUp: vi.fn() };
  queue.consume({ inspect: async (payload) => taken.resolve(payload) }, told);
  expect(await taken.promise).toEqual({ ...job, v: JOB_VERSION });
  await untilCounts(EMPTY);
  expect(told.onGivenUp).not.toHaveBeenCalled();
});
