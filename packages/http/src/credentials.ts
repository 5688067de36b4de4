import fastifyJwt, { type TokenOrHeader } from "@fastify/jwt";
import {
  type Access,
  AUDIENCE,
  CLOCK_SKEW,
  parseScopes,
  ProblemError,
  type Scope,
  type TenantId,
  TokenClaims,
} from "@lectura/contracts";
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import type { KeySource } from "./jwks.ts";
import { createVerifiedTokens, type VerifiedTokens } from "./verified-tokens.ts";

/** Who is calling, as a verified token says. */
export interface Caller {
  subject: string;
  tenant: TenantId;
  scopes: Scope[];
}

declare module "fastify" {
  interface FastifyRequest {
    caller: Caller | null;
  }
  interface FastifyInstance {
    verifiedTokens: VerifiedTokens;
  }
}

const refusal = (error: unknown): ProblemError => {
  if (error instanceof ProblemError) return error;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "FST_JWT_NO_AUTHORIZATION_IN_HEADER") {
    return new ProblemError(
      "missing-credentials",
      "Send an API key in X-API-Key or a token in Authorization: Bearer.",
      {
        headers: { "www-authenticate": 'Bearer realm="lectura"' },
      },
    );
  }
  const headers = { "www-authenticate": 'Bearer realm="lectura", error="invalid_token"' };
  if (code === "FST_JWT_AUTHORIZATION_TOKEN_EXPIRED") {
    return new ProblemError("token-expired", "The token has expired; ask POST /oauth/token for a new one.", {
      headers,
      cause: error,
    });
  }
  return new ProblemError("invalid-credentials", "The token is not valid here.", { headers, cause: error });
};

/** Lets the app verify tokens: ES256, our audience and issuer, keys by `kid`. */
export const verifyTokens = async (
  app: FastifyInstance,
  options: { issuer: string; keys: KeySource },
): Promise<void> => {
  app.decorateRequest("caller", null);
  app.decorate("verifiedTokens", createVerifiedTokens());
  await app.register(fastifyJwt, {
    secret: async (_request: FastifyRequest, token: TokenOrHeader) =>
      options.keys("header" in token ? token.header : token),
    decode: { complete: true },
    verify: {
      algorithms: ["ES256"],
      allowedIss: options.issuer,
      allowedAud: AUDIENCE,
      clockTolerance: CLOCK_SKEW * 1000,
      requiredClaims: ["exp", "iat", "sub", "tenant", "scope"],
    },
  });
};

const verify = async (request: FastifyRequest): Promise<TokenClaims> => {
  try {
    await request.jwtVerify();
    return TokenClaims.parse(request.user);
  } catch (error) {
    throw refusal(error);
  }
};

/** The caller behind a request's `Authorization: Bearer` token. @throws ProblemError 401 or 503 */
export const identify = async (request: FastifyRequest): Promise<Caller> => {
  const token = request.headers.authorization ?? "";
  const known = request.server.verifiedTokens.recall(token);
  if (known) return known;
  const { sub, tenant, scope, exp } = await verify(request);
  const caller = { subject: sub, tenant, scopes: parseScopes(scope) };
  request.server.verifiedTokens.remember(token, caller, exp);
  return caller;
};

/** @throws ProblemError 403 unless the caller has what a route asks for */
export const requireScope = (caller: Caller, access: Access): void => {
  if (access === "public" || access === "any" || caller.scopes.includes(access)) return;
  throw new ProblemError("insufficient-scope", `This call needs the scope ${access}.`, {
    headers: { "www-authenticate": `Bearer realm="lectura", error="insufficient_scope", scope="${access}"` },
  });
};

/** Refuses a request whose token is missing, wrong or too weak for the route, before anything else is looked at. */
export const authorize =
  (access: Access): onRequestAsyncHookHandler =>
  async (request) => {
    if (access === "public") return;
    request.caller = await identify(request);
    requireScope(request.caller, access);
  };
