import { setTimeout as pause } from "node:timers/promises";
import type { Journal } from "./journal.ts";

/** What a platform in trouble may answer: whoever gets it tries again. */
const PASSING = new Set([408, 503]);
const AGAIN_MS = 250;
/** Longer than a process stands still. */
const PATIENCE_MS = 45_000;

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** A client of one tenant that does not give up, and complains of every answer that trouble does not excuse. */
export const createClient = (
  { url, apiKey }: { url: string; apiKey: string },
  { journal, over }: { journal: Pick<Journal, "complain">; over: AbortSignal },
) => {
  const open = async (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      signal: AbortSignal.any([over, AbortSignal.timeout(PATIENCE_MS)]),
      ...init,
      headers: { ...Object.fromEntries(new Headers(init.headers)), "x-api-key": apiKey },
    });

  /** One try; undefined when it is not known what came of it. */
  const attempt = async (path: string, init?: RequestInit): Promise<Answer | undefined> => {
    try {
      const answer = await open(path, init);
      const { status, headers } = answer;
      // What was acknowledged stays so, also when the body breaks off.
      const text = await answer.text().catch((error: unknown) => {
        if (status === 202) return "";
        throw error;
      });
      if (PASSING.has(status)) {
        if (!headers.has("retry-after") && status === 503) journal.complain(`503 without Retry-After from ${path}`);
        return undefined;
      }
      if (status >= 500) {
        journal.complain(`${init?.method ?? "GET"} ${path} was answered ${status}: ${text}`);
        return undefined;
      }
      return { status, headers, text };
    } catch {
      over.throwIfAborted();
      return undefined;
    }
  };

  return {
    open,
    attempt,
    /** Tries until there is an answer that is not `again`. */
    persist: async (
      path: string,
      makeInit: () => RequestInit = () => ({}),
      again: (answer: Answer) => boolean = () => false,
    ): Promise<Answer> => {
      for (;;) {
        const answer = await attempt(path, makeInit());
        if (answer && !again(answer)) return answer;
        await pause(AGAIN_MS, undefined, { signal: over });
      }
    },
  };
};
export type ChaosClient = ReturnType<typeof createClient>;
