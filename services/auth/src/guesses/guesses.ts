import { rateLimited, type TokenBuckets } from "@lectura/http";

/** Five at once, then one every ten seconds. */
const PASSWORDS = { perSecond: 0.1, burst: 5 };
/** Nobody guesses 256 bits; this is for whoever tries nevertheless, and not for a program whose key has been deleted. */
const KEYS = { perSecond: 1, burst: 200 };

/** Where a guess comes from and at whom it is aimed. Each pair has a bucket of its own: nobody else is locked out by it. */
export interface Guess {
  address: string;
  account: string;
}

const nameOf = ({ address, account }: Guess): string => `guesses:${address}:${account}`;

/** Slows down who tries passwords and keys through. */
export const createGuesses = ({ buckets }: { buckets: TokenBuckets }) => {
  return {
    /** Makes an attempt that is taken back when it was right. @throws ProblemError 429 when there have been too many */
    attempt: async <T>(guess: Guess, attempt: () => Promise<T>): Promise<T> => {
      const { tokens, waitMs } = await buckets.take(nameOf(guess), PASSWORDS, 1);
      if (tokens === 0) throw rateLimited("Too many wrong attempts for this account from here.", waitMs);
      const right = await attempt();
      await buckets.take(nameOf(guess), PASSWORDS, -1);
      return right;
    },
    /** The same where being right is the rule, which then costs no write; of attempts at once some too many may pass. */
    checkKey: async (guess: Guess): Promise<void> => {
      const { left, waitMs } = await buckets.take(nameOf(guess), KEYS, 0);
      if (left === 0) throw rateLimited("Too many wrong attempts for this key from here.", waitMs);
    },
    wrongKey: async (guess: Guess): Promise<void> => {
      await buckets.take(nameOf(guess), KEYS, 1);
    },
  };
};
export type Guesses = ReturnType<typeof createGuesses>;
