import { ProblemError } from "@lectura/contracts";
import type { Guard } from "@lectura/guard";
import { version } from "@lectura/telemetry";
import { retryAfterMs } from "./backoff.ts";
import { signedHeaders } from "./sign.ts";

/** What a receiver made of a delivery; without a status it was not reached. */
export interface Reception {
  at: number;
  status: number | null;
  error: string | null;
  /** Milliseconds that the receiver wants to be left alone. */
  retryAfter: number | undefined;
}

/** Errors by name alone: their messages tell addresses that are no caller's business. */
const nameOf = (error: unknown): string => {
  if (error instanceof ProblemError) return `${error.code}: ${error.message}`;
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
};

const refusal = (status: number): string | null => {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? "redirects are not followed" : "the receiver refused it";
};

/** Sends a message, signed at this moment, and reads no more of the answer than its head. */
export const createSend =
  ({ guard, timeoutMs }: { guard: Guard; timeoutMs: number }) =>
  async (
    url: string,
    message: { id: string; body: Buffer; secrets: string[] },
    signal: AbortSignal,
  ): Promise<Reception> => {
    const at = Date.now();
    const headers = {
      "content-type": "application/cloudevents+json; charset=utf-8",
      "user-agent": `Lectura/${version}`,
      ...signedHeaders({ ...message, at }, message.secrets),
    };
    try {
      const answer = await guard.request(url, {
        method: "POST",
        headers,
        body: message.body,
        redirects: 0,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      answer.body.destroy();
      const retryAfter = retryAfterMs([answer.headers["retry-after"] ?? []].flat()[0], Date.now());
      return { at, status: answer.status, error: refusal(answer.status), retryAfter };
    } catch (error) {
      signal.throwIfAborted();
      return { at, status: null, error: nameOf(error), retryAfter: undefined };
    }
  };
export type Send = ReturnType<typeof createSend>;
