import type { Access } from "@lectura/contracts";
import { identify, requireScope } from "@lectura/http";
import type { onRequestAsyncHookHandler } from "fastify";
import type { KeyExchange } from "./exchange.ts";

/**
 * Lets a request pass that may make this call. An API key becomes a token here, so that everybody behind the
 * gateway sees tokens only.
 */
export const authenticate =
  (access: Access, exchange: KeyExchange): onRequestAsyncHookHandler =>
  async (request) => {
    if (access === "public") return;
    const apiKey = request.headers["x-api-key"];
    if (typeof apiKey === "string") request.headers.authorization = `Bearer ${await exchange(apiKey)}`;
    request.caller = await identify(request);
    requireScope(request.caller, access);
  };
