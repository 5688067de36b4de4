import { type Failure, isRetryable, type PageResult, type ProblemError, problems } from "@lectura/contracts";

/** A problem as documents and pages carry it. */
export const toFailure = (error: ProblemError): Failure => ({
  code: error.code,
  title: problems[error.code].title,
  detail: error.message,
  retryable: isRetryable(error.code),
});

/** The result of a page that could not be read: empty, with the reason. */
export const failedPage = (number: number, languages: string[], error: Failure): PageResult => ({
  number,
  width: 0,
  height: 0,
  dpi: 0,
  rotation: 0,
  skew: 0,
  source: "ocr",
  languages,
  confidence: null,
  text: "",
  error,
  blocks: [],
  attempts: [],
  timings: {},
});
