import { repeatOnce } from "./repeat-once.ts";

/** An attempt takes so long at most, its answer's body included. */
const ATTEMPT_MS = 3000;

/** `fetch` for calls to auth that do no harm when made twice; see `repeatOnce`. */
export const fetchRepeated = async (
  url: string,
  { headers, signal, ...init }: RequestInit,
  onRepeat: () => void,
): Promise<Response> =>
  repeatOnce(
    async (pin) => {
      const limit = AbortSignal.timeout(ATTEMPT_MS);
      return fetch(url, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(headers)), ...pin },
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
    },
    {
      isFault: ({ status }) => status >= 500,
      discard: async ({ body }) => body?.cancel(),
      signal: signal ?? undefined,
      onRepeat,
    },
  );
