import { z } from "zod";
import type { RunScript } from "./scripts.ts";

/** Takes at most `limit` members that are due for `leaseMs`; what is not taken away by then is due again. */
export const createClaimDue =
  (run: RunScript, due: string) =>
  async (limit: number, leaseMs: number): Promise<string[]> => {
    const now = Date.now();
    return z.array(z.string()).parse(await run("claim-due", [due], [now, now + leaseMs, limit]));
  };
