import { ProblemError } from "@lectura/contracts";

/** 401 for credentials that came in a body. */
export const refused = (detail: string): ProblemError =>
  new ProblemError("invalid-credentials", detail, { headers: { "www-authenticate": 'Bearer realm="lectura"' } });
