import type { Message, Request } from "../child/protocol.ts";
import type { Child } from "./child.ts";
import { createChildren } from "./children.ts";

/**
 * Who goes first among those who wait for a child. What is `urgent` does not wait for a slot either: one child more than
 * there are slots is for it, since a page that somebody waits for must not stand behind the pages of a long document.
 */
export type Urgency = "urgent" | "normal" | "batch";
const RANK: Record<Urgency, number> = { urgent: 0, normal: 0, batch: 1 };

interface Task {
  request: Request;
  urgency: Urgency;
  signal: AbortSignal | undefined;
  seconds: number;
  answer: PromiseWithResolvers<Message>;
}

interface PoolOptions {
  /** Children at once. */
  slots: number;
  /** Wall time of one request, unless it says its own; half of it as CPU time. */
  seconds: number;
  start: () => Promise<Child>;
  /** A child that is already there. */
  first: Child;
}

interface RunOptions {
  signal?: AbortSignal | undefined;
  urgency?: Urgency | undefined;
  /** Wall time, where it is another than that of a page. */
  seconds?: number;
}

/** Takes out the task that may begin now, with so many slots free: 0 is when only what is urgent may, on the spare child. */
const takeNext = (waiting: Task[], { free }: { free: number }): Task | undefined => {
  const among = free > 0 ? waiting : waiting.filter(({ urgency }) => urgency === "urgent");
  const [next] = free < 0 ? [] : among.toSorted((a, b) => RANK[a.urgency] - RANK[b.urgency]);
  if (next) waiting.splice(waiting.indexOf(next), 1);
  return next;
};

/** Shares children among requests, mostly first come first served; children are started when needed and kept warm. */
export const createPool = ({ slots, seconds, start, first }: PoolOptions) => {
  const waiting: Task[] = [];
  const children = createChildren({ start, first });
  const working = new Set<Promise<void>>();
  let closed: Error | undefined;

  const work = async ({ request, signal, seconds: allowed, answer }: Task): Promise<void> => {
    try {
      answer.resolve(await children.ask(request, { seconds: allowed, ...(signal && { signal }) }));
    } catch (error) {
      answer.reject(error);
    }
  };

  const next = (): Task | undefined => takeNext(waiting, { free: slots - working.size });

  const dispatch = (): void => {
    for (let task = next(); task; task = next()) {
      const done: Promise<void> = work(task).finally(() => {
        working.delete(done);
        dispatch();
      });
      working.add(done);
    }
  };

  /** Waits for a child and asks it; an abort takes effect in the queue as in the middle of a page. */
  const run = async (request: Request, options: RunOptions = {}): Promise<Message> => {
    const { signal, urgency = "normal", seconds: allowed = seconds } = options;
    if (closed) throw closed;
    signal?.throwIfAborted();
    const task: Task = { request, urgency, signal, seconds: allowed, answer: Promise.withResolvers() };
    const leaveQueue = () => {
      const place = waiting.indexOf(task);
      if (place >= 0) waiting.splice(place, 1);
      if (place >= 0) task.answer.reject(signal?.reason);
    };
    signal?.addEventListener("abort", leaveQueue, { once: true });
    waiting.push(task);
    dispatch();
    try {
      return await task.answer.promise;
    } finally {
      signal?.removeEventListener("abort", leaveQueue);
    }
  };

  /** Ends all children now; requests that are not answered yet reject. */
  const close = async (): Promise<void> => {
    closed = new Error("OCR was closed before this request was answered.");
    for (const { answer } of waiting.splice(0)) answer.reject(closed);
    await children.close(closed);
    await Promise.all(working);
  };

  return { run, close };
};
