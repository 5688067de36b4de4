import type { BucketSize, Taken, TokenBuckets } from "@lectura/http";
import type { Logger } from "@lectura/runtime";

/** Taken from Redis at once, so that not every call costs a durable write. */
const LEASE_TOKENS = 50;
/** What has not been used by then is lost: other replicas must be able to count on it. */
const LEASE_MS = 1000;
/** The oldest are dropped first. */
const MOST_LEASES = 10_000;

interface Lease extends Taken {
  until: number;
}

/** What a call is told of its share. */
export interface Share extends Taken {
  granted: boolean;
}

const UNKNOWN: Taken = { tokens: 1, left: 0, waitMs: 0, perSecond: 0, burst: 0 };

/** Counts calls against the shares of tenants and addresses. Redis has the tokens, this replica some at a time. */
export const createShares = ({ buckets, size, log }: { buckets: TokenBuckets; size: BucketSize; log: Logger }) => {
  const leases = new Map<string, Lease>();
  const asking = new Map<string, Promise<Lease>>();

  const ask = async (name: string, owner: string | undefined): Promise<Lease> => {
    // Without Redis there is nothing to count by; refusing everybody would be worse.
    const taken = await buckets.take(name, size, LEASE_TOKENS, owner).catch((err: unknown) => {
      log.warn({ err }, "cannot count calls, letting them pass");
      return UNKNOWN;
    });
    const lease = { ...taken, until: Date.now() + LEASE_MS };
    leases.delete(name);
    leases.set(name, lease);
    const oldest = leases.keys().next();
    if (leases.size > MOST_LEASES && !oldest.done) leases.delete(oldest.value);
    return lease;
  };

  const isGood = (lease: Lease | undefined): lease is Lease =>
    lease !== undefined && Date.now() < lease.until && (lease.tokens > 0 || lease.perSecond === 0);

  return {
    /** Counts one call. `owner` is the tenant whose own limits are in force. */
    take: async (name: string, owner?: string): Promise<Share> => {
      let lease = leases.get(name);
      while (!isGood(lease)) {
        const answer = asking.get(name) ?? ask(name, owner).finally(() => asking.delete(name));
        asking.set(name, answer);
        lease = await answer;
        // Nothing was there to take; of what was, others who waited may have left nothing.
        if (lease.tokens === 0 && lease.waitMs > 0) return { ...lease, granted: false };
      }
      lease.tokens -= 1;
      return { ...lease, left: lease.left + lease.tokens, granted: true };
    },
  };
};
export type Shares = ReturnType<typeof createShares>;
