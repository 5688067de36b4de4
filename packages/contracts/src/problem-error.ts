import type { Problem, ProblemCode } from "./problem.ts";

/** An expected failure: `detail` is shown to the caller, `cause` only to the log. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: ProblemCode;
  readonly headers: Record<string, string>;
  readonly errors: Problem["errors"];

  constructor(
    code: ProblemCode,
    detail: string,
    options: { cause?: unknown; headers?: Record<string, string>; errors?: Problem["errors"] } = {},
  ) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.headers = options.headers ?? {};
    this.errors = options.errors;
  }
}
