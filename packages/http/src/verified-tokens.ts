import { CLOCK_SKEW } from "@lectura/contracts";
import type { Caller } from "./trusted-issuer.ts";

/** So long a token is taken at its word again: a withdrawn key must not be trusted for longer. */
const REMEMBER_MS = 10_000;
/** About 1 KB each; the oldest are dropped first. */
const MAX_TOKENS = 10_000;

/** Remembers whom a verified token names, since verifying is a tenth of what an upload costs. */
export const createVerifiedTokens = () => {
  const callers = new Map<string, { caller: Caller; until: number }>();
  return {
    /** Whom a token names that was verified a moment ago and has not expired since. */
    recall: (token: string): Caller | undefined => {
      const known = callers.get(token);
      return known && Date.now() < known.until ? known.caller : undefined;
    },
    /** `exp` is the token's own, in seconds since 1970. */
    remember: (token: string, caller: Caller, exp: number): void => {
      callers.delete(token);
      callers.set(token, { caller, until: Math.min(Date.now() + REMEMBER_MS, (exp + CLOCK_SKEW) * 1000) });
      const oldest = callers.keys().next();
      if (callers.size > MAX_TOKENS && !oldest.done) callers.delete(oldest.value);
    },
  };
};
export type VerifiedTokens = ReturnType<typeof createVerifiedTokens>;
