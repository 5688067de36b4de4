import type { Message, Request } from "../child/protocol.ts";
import type { Child } from "./child.ts";
import { createChildren } from "./children.ts";

/**
 * Who goes first among those who wait for a child. One child more than there are slots is for what is `urgent`, since a page
 * that somebody waits for must not stand behind the pages of a long document; but urgent ones alone never have them all while
 * what is `normal` waits.
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

/** Whether one child more than there are slots may be at work. */
const hasSpare = (waiting: Task[], working: Urgency[]): boolean =>
  working.some((urgency) => urgency !== "urgent") || !waiting.some(({ urgency }) => urgency === "normal");

/** Takes out the task that may begin now, if any. */
const takeNext = (waiting: Task[], working: Urgency[], slots: number): Task | undefined => {
  const free = slots - working.length;
  if (free < 0 || (free === 0 && !hasSpare(waiting, working))) return undefined;
  const among = free > 0 ? waiting : waiting.filter(({ urgency }) => urgency === "urgent");
  const [next] = among.toSorted((a, b) => RANK[a.urgency] - RANK[b.urgency]);
  if (next) waiting.splice(waiting.indexOf(next), 1);
  return next;
};

/** Shares children among requests, mostly first come first served; children are started when needed and kept warm. */
export const createPool = ({ slots, seconds, start, first }: PoolOptions) => {
  const waiting: Task[] = [];
  const children = createChildren({ start, first });
  const working = new Map<Promise<void>, Urgency>();
  let closed: Error | undefined;

  const work = async ({ request, signal, seconds: allowed, answer }: Task): Promise<void> => {
    try {
      answer.resolve(await children.ask(request, { seconds: allowed, ...(signal && { signal }) }));
    } catch (error) {
      answer.reject(error);
    }
  };

  const next = (): Task | undefined => takeNext(waiting, [...working.values()], slots);

  const dispatch = (): void => {
    for (let task = next(); task; task = next()) {
      const done: Promise<void> = work(task).finally(() => {
        working.delete(done);
        dispatch();
      });
      working.set(done, task.urgency);
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
    await Promise.all(working.keys());
  };

  return { run, close };
};
