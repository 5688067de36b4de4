import { AsyncLocalStorage } from "node:async_hooks";
import { Agent, type Dispatcher } from "undici";

// Longer than the longest Prefer: wait, so that the answer of a waiting call comes through.
const ANSWER_TIMEOUT_MS = 75_000;

const leaving = new AsyncLocalStorage<AbortSignal>();

/** Runs `work`; calls upstream that begin in it end when `signal` aborts, also while they wait for their answer. */
export const endingWith = <T>(signal: AbortSignal, work: () => T): T => leaving.run(signal, work);

type DispatcherCallback = (error: Error | null, data: Dispatcher.ResponseData) => void;

/** The connections to the services behind. @fastify/reply-from has no way to end a call of its own accord. */
export const createUpstreamAgent = () => {
  const agent = new Agent({
    connections: 256,
    pipelining: 1,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });
  const request = (options: Dispatcher.RequestOptions, done: DispatcherCallback): void =>
    agent.request({ ...options, signal: leaving.getStore() ?? null }, done);
  return {
    // The plugin uses the form with a callback only.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see the line above
    request: request as Dispatcher["request"],
    destroy: (): Promise<void> => agent.destroy(),
  };
};
