import { hash, verify } from "@node-rs/argon2";
import { ProblemError } from "@lectura/contracts";

/** What OWASP asks for argon2id, the library's default algorithm: 19 MiB, two passes. About 20 ms. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashing takes threads that signing needs too, and memory. */
const AT_ONCE = 2;
/** Who comes later would wait for more than a second. */
const MOST_WAITING = 60;

/** Hashes and compares passwords, so many at a time that logins leave the service able to do anything else. */
export const createPasswords = () => {
  const waiting: (() => void)[] = [];
  let running = 0;
  // Compared with where there is no user or no password yet: the answer takes as long as for a wrong one.
  const nobodys = hash("nobody's password", COST);

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting.length >= MOST_WAITING) throw new ProblemError("overloaded", "Too many people log in just now.");
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next one who waits, or is free.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };

  return {
    hash: async (password: string): Promise<string> => inTurn(() => hash(password, COST)),
    /** Whether it is the password of this hash; never, but after the same time, where there is none. */
    matches: async (password: string, stored: string | undefined): Promise<boolean> => {
      const against = stored ?? (await nobodys);
      return (await inTurn(() => verify(against, password))) && stored !== undefined;
    },
  };
};
export type Passwords = ReturnType<typeof createPasswords>;
