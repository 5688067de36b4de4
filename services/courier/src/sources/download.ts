import { type DocumentInput, ProblemError } from "@lectura/contracts";
import type { Guard, GuardedAnswer } from "@lectura/guard";
import { filenameOf, receiveFile, type Store } from "@lectura/intake";
import { isOutage } from "@lectura/runtime";
import { version } from "@lectura/telemetry";

const MOST_REDIRECTS = 5;

export interface DownloadLimits {
  bytes: number;
  seconds: number;
}

/** A fetch that may succeed a little later. */
export class PassingFetchError extends ProblemError {}

const failed = (detail: string, cause?: unknown): ProblemError => new ProblemError("fetch-failed", detail, { cause });
const failedForNow = (detail: string, cause?: unknown): ProblemError =>
  new PassingFetchError("fetch-failed", detail, { cause });

const BROKEN_OFF = "UND_ERR_RES_CONTENT_LENGTH_MISMATCH";
/** What a server says that is busy or starting, beside whatever is its own fault. */
const PASSING_STATUSES = new Set([408, 425, 429]);

/** What the other side does wrong, by the name of the error: its message tells addresses. */
const blame = (error: unknown, { timeout, seconds }: { timeout: AbortSignal; seconds: number }): ProblemError => {
  if (error instanceof ProblemError) return error;
  if (timeout.aborted) return failed(`It took longer than ${seconds} seconds.`, error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const detail = `The server cannot be reached or broke off${code && ` (${code})`}.`;
  return isOutage(error) || code === BROKEN_OFF ? failedForNow(detail, error) : failed(detail, error);
};

const headerOf = ({ headers }: GuardedAnswer, name: string): string | undefined => [headers[name] ?? []].flat()[0];

/**
 * Reads what lies behind a URL into `store`, within limits of size, time and redirects; the type is told from the bytes.
 * @throws ProblemError for whatever the URL or its server is to blame for; other errors are the store's
 */
export const createDownload =
  ({ guard, limits }: { guard: Guard; limits: DownloadLimits }) =>
  async (url: string, store: Store, signal: AbortSignal): Promise<DocumentInput> => {
    const timeout = AbortSignal.timeout(limits.seconds * 1000);
    const blamed = (error: unknown): ProblemError => {
      signal.throwIfAborted();
      return blame(error, { timeout, seconds: limits.seconds });
    };
    const answer = await guard
      .request(url, {
        method: "GET",
        headers: { accept: "*/*", "user-agent": `Lectura/${version}` },
        redirects: MOST_REDIRECTS,
        signal: AbortSignal.any([signal, timeout]),
      })
      .catch((error: unknown) => {
        throw blamed(error);
      });
    try {
      if (answer.status >= 500 || PASSING_STATUSES.has(answer.status))
        throw failedForNow(`The server answered ${answer.status}.`);
      if (answer.status !== 200) throw failed(`The server answered ${answer.status}.`);
      if (Number(headerOf(answer, "content-length") ?? 0) > limits.bytes)
        throw new ProblemError("file-too-large", `The limit is ${limits.bytes} bytes.`);
      const sent = async function* (): AsyncGenerator<Buffer> {
        try {
          yield* answer.body;
        } catch (error) {
          throw blamed(error);
        }
      };
      const filename = filenameOf(headerOf(answer, "content-disposition"));
      return await receiveFile({ store, limit: limits.bytes }, { stream: sent(), filename });
    } finally {
      answer.body.destroy();
    }
  };
export type Download = ReturnType<typeof createDownload>;
