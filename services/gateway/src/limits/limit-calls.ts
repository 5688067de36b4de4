import { rateLimited } from "@lectura/http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Share, Shares } from "./shares.ts";

const seconds = (tokens: number, perSecond: number): number => Math.ceil(tokens / perSecond);

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers); nothing where there is no limit. */
const tell = (reply: FastifyReply, { left, burst, perSecond }: Share): void => {
  if (perSecond === 0) return;
  reply.headers({
    ratelimit: `"requests";r=${left};t=${seconds(burst - left, perSecond)}`,
    "ratelimit-policy": `"requests";q=${burst};w=${seconds(burst, perSecond)}`,
  });
};

const refuse = (reply: FastifyReply, share: Share, whose: string): void => {
  tell(reply, share);
  if (!share.granted) throw rateLimited(`${whose} makes more calls than its share.`, share.waitMs);
};

/** Counts calls: those of a tenant for the tenant, and those that nobody can be asked for, for their address. */
export const createLimitCalls = ({ tenants, addresses }: { tenants: Shares; addresses: Shares }) => ({
  /** @throws ProblemError 429 */
  ofTenant: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const tenant = request.caller?.tenant;
    if (tenant) refuse(reply, await tenants.take(`tenant:${tenant}`, tenant), "This tenant");
  },
  /** @throws ProblemError 429 */
  ofAddress: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    refuse(reply, await addresses.take(`address:${request.ip}`), "This address");
  },
});
export type LimitCalls = ReturnType<typeof createLimitCalls>;
