import { type Failure, isRetryable, type ProblemError, problems } from "@lectura/contracts";

/** A problem as documents and pages carry it. */
export const toFailure = (error: ProblemError): Failure => ({
  code: error.code,
  title: problems[error.code].title,
  detail: error.message,
  retryable: isRetryable(error.code),
});
