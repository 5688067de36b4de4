import { type Access, ProblemError, problems } from "@lectura/contracts";
import { identify, requireScope } from "@lectura/http";
import type { FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import type { LimitCalls } from "../limits/limit-calls.ts";
import type { KeyExchange } from "./exchange.ts";

interface Doorkeeper {
  exchange: KeyExchange;
  limit: LimitCalls;
}

const identifyCaller = async (request: FastifyRequest, exchange: KeyExchange): Promise<void> => {
  const apiKey = request.headers["x-api-key"];
  if (typeof apiKey === "string") request.headers.authorization = `Bearer ${await exchange(apiKey, request.ip)}`;
  request.caller = await identify(request);
};

/**
 * Lets a request pass that may make this call. An API key becomes a token here, so that everybody behind the
 * gateway sees tokens only. Calls without good credentials count for their address, all others for their tenant: nobody
 * can use up what is somebody else's.
 */
export const authenticate =
  (access: Access, { exchange, limit }: Doorkeeper): onRequestAsyncHookHandler =>
  async (request, reply) => {
    if (access === "public") return limit.ofAddress(request, reply);
    try {
      await identifyCaller(request, exchange);
    } catch (error) {
      if (error instanceof ProblemError && problems[error.code].status === 401) await limit.ofAddress(request, reply);
      throw error;
    }
    await limit.ofTenant(request, reply);
    if (request.caller) requireScope(request.caller, access);
  };
