import type { Redis } from "ioredis";
import { z } from "zod";
import { createRunScript } from "./scripts.ts";

/** Takes at most `limit` members that are due for `leaseMs`; what is not taken away by then is due again. */
export const createClaimDue = (redis: Redis, due: string) => {
  const run = createRunScript(redis);
  return async (limit: number, leaseMs: number): Promise<string[]> => {
    const now = Date.now();
    return z.array(z.string()).parse(await run("claim-due", [due], [now, now + leaseMs, limit]));
  };
};
