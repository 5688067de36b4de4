import type { Message, Request } from "../child/protocol.ts";
import type { Child } from "./child.ts";

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

/** Takes out the task that may begin now, with so many slots free: 0 is when only what is urgent may, on the spare child. */
const takeNext = (waiting: Task[], { free }: { free: number }): Task | undefined => {
  const among = free > 0 ? waiting : waiting.filter(({ urgency }) => urgency === "urgent");
  const [next] = free < 0 ? [] : among.toSorted((a, b) => RANK[a.urgency] - RANK[b.urgency]);
  if (next) waiting.splice(waiting.indexOf(next), 1);
  return next;
};

interface RunOptions {
  signal?: AbortSignal | undefined;
  urgency?: Urgency | undefined;
  /** Wall time, where it is another than that of a page. */
  seconds?: number;
}

/** Shares children among requests, mostly first come first served; children are started when needed and kept warm. */
export const createPool = ({ slots, seconds, start, first }: PoolOptions) => {
  const waiting: Task[] = [];
  const idle: { child: Child; path: string | undefined }[] = [{ child: first, path: undefined }];
  const busy = new Set<Child>();
  const working = new Set<Promise<void>>();
  let closed: Error | undefined;

  /** An idle child, preferably the one that has this file open, else the one that has rested longest. */
  const takeIdle = (path: string): Child | undefined => {
    const sameFile = idle.findIndex((entry) => entry.path === path);
    const [taken] = idle.splice(Math.max(0, sameFile), 1);
    if (!taken || taken.child.isUsable()) return taken?.child;
    return takeIdle(path);
  };

  const askChild = async (child: Child, { request, signal, seconds: allowed }: Task): Promise<Message> => {
    let worn = true;
    busy.add(child);
    try {
      const answer = await child.ask(request, { seconds: allowed, ...(signal && { signal }) });
      worn = "worn" in answer && answer.worn;
      return answer;
    } finally {
      busy.delete(child);
      if (worn || closed || !child.isUsable()) await child.end();
      else idle.push({ child, path: request.path });
    }
  };

  const work = async (task: Task): Promise<void> => {
    try {
      const child = takeIdle(task.request.path) ?? (await start());
      if (closed) {
        await child.end();
        throw closed;
      }
      task.answer.resolve(await askChild(child, task));
    } catch (error) {
      task.answer.reject(error);
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
    const children = [...busy, ...idle.splice(0).map(({ child }) => child)];
    await Promise.all(children.map((child) => child.end(closed)));
    await Promise.all(working);
  };

  return { run, close };
};
