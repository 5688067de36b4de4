import { ProblemError } from "@lectura/contracts";

/** 429, with the time to come back. */
export const rateLimited = (detail: string, waitMs: number): ProblemError =>
  new ProblemError("rate-limited", detail, {
    headers: { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1000))) },
  });
