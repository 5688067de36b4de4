import { ProblemError } from "@lectura/contracts";

const VISIBLE_ASCII = /^[\u{21}-\u{7e}]{1,255}$/u;

/** The Idempotency-Key of a call, undefined when it has none. @throws ProblemError 400 */
export const idempotencyKey = (header: string | string[] | undefined): string | undefined => {
  if (header === undefined) return undefined;
  if (typeof header === "string" && VISIBLE_ASCII.test(header)) return header;
  throw new ProblemError("malformed-request", "Idempotency-Key must be 1 to 255 visible ASCII characters.");
};
