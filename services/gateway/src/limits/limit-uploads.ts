import { ProblemError } from "@lectura/contracts";
import type { onRequestAsyncHookHandler } from "fastify";

/**
 * Lets so many documents of a tenant come in at once through this gateway, 0 for any number: each holds two connections and
 * their buffers for as long as its sender takes.
 */
export const createLimitUploads = (most: number): onRequestAsyncHookHandler => {
  const underWay = new Map<string, number>();

  const leave = (tenant: string): void => {
    const left = (underWay.get(tenant) ?? 0) - 1;
    if (left > 0) underWay.set(tenant, left);
    else underWay.delete(tenant);
  };

  return async ({ caller, raw }) => {
    if (!caller || most === 0) return;
    const { tenant } = caller;
    const count = underWay.get(tenant) ?? 0;
    if (count >= most) {
      throw new ProblemError("rate-limited", `${count} uploads of this tenant are under way, which is the limit.`, {
        headers: { "retry-after": "1", connection: "close" },
      });
    }
    underWay.set(tenant, count + 1);
    // Whichever comes first: all of it has arrived, or nothing more will.
    let gone = false;
    for (const event of ["end", "close"]) {
      raw.once(event, () => {
        if (!gone) leave(tenant);
        gone = true;
      });
    }
  };
};
