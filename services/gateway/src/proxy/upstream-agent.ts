import { AsyncLocalStorage } from "node:async_hooks";
import { callbackify } from "node:util";
import type { FastifyReplyFromOptions } from "@fastify/reply-from";
import { repeatOnce } from "@lectura/http";
import { Agent, type Dispatcher } from "undici";

/** What @fastify/reply-from has no words for. */
interface Terms {
  /** Ends the call, also while it waits for its answer. */
  signal: AbortSignal;
  /** The call has no body and does no harm when made twice. */
  repeatable: boolean;
}
const terms = new AsyncLocalStorage<Terms>();

/** Runs `work`; calls upstream that begin in it go on these terms. */
export const onTerms = <T>(of: Terms, work: () => T): T => terms.run(of, work);

/** The plugin knows an older undici, whose calls are the same. */
type Request = Extract<FastifyReplyFromOptions["undici"], { request: unknown }>["request"];

interface Call extends Dispatcher.RequestOptions {
  headers: Record<string, string | string[] | undefined>;
}

/** The connections to a service behind. `answerMs`: it must begin its answer, and go on with it, within this time. */
export const createUpstreamAgent = ({ answerMs, onRepeat }: { answerMs: number; onRepeat: () => void }) => {
  const agent = new Agent({ connections: 256, pipelining: 1, headersTimeout: answerMs, bodyTimeout: answerMs });

  const ask = async (options: Call): Promise<Dispatcher.ResponseData> => {
    const { signal, repeatable } = terms.getStore() ?? {};
    const attempt = async (headers: Call["headers"]): Promise<Dispatcher.ResponseData> =>
      agent.request({ ...options, headers, signal: signal ?? null });
    if (!repeatable) return attempt(options.headers);
    return repeatOnce(async (pin) => attempt({ ...options.headers, ...pin }), {
      isFault: ({ statusCode }) => statusCode >= 500,
      discard: async ({ body }) => body.dump(),
      signal,
      onRepeat,
    });
  };

  return {
    // The plugin uses the form with a callback only.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see the line above
    request: callbackify(ask) as Request,
    destroy: (): Promise<void> => agent.destroy(),
  };
};
