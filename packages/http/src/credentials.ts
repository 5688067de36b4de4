import { type Access, CLOCK_SKEW, ProblemError } from "@lectura/contracts";
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import { decodeJwt, errors, jwtVerify } from "jose";
import type { Caller, TrustedIssuer } from "./trusted-issuer.ts";
import { createVerifiedTokens, type VerifiedTokens } from "./verified-tokens.ts";

declare module "fastify" {
  interface FastifyRequest {
    caller: Caller | null;
  }
  interface FastifyInstance {
    trustedIssuers: Map<string, TrustedIssuer>;
    verifiedTokens: VerifiedTokens;
  }
}

const BEARER = /^bearer ([\w\-.~+/]+=*)$/i;

const missing = (): ProblemError =>
  new ProblemError("missing-credentials", "Send an API key in X-API-Key or a token in Authorization: Bearer.", {
    headers: { "www-authenticate": 'Bearer realm="lectura"' },
  });

const refusal = (error: unknown): ProblemError => {
  if (error instanceof ProblemError) return error;
  const headers = { "www-authenticate": 'Bearer realm="lectura", error="invalid_token"' };
  if (error instanceof errors.JWTExpired) {
    return new ProblemError("token-expired", "The token has expired; ask POST /oauth/token for a new one.", {
      headers,
      cause: error,
    });
  }
  return new ProblemError("invalid-credentials", "The token is not valid here.", { headers, cause: error });
};

/** Lets the app verify the tokens of these issuers, each by its own keys, algorithms and audience. */
export const verifyTokens = (app: FastifyInstance, { issuers }: { issuers: TrustedIssuer[] }): void => {
  const byName = new Map(issuers.map((each) => [each.issuer, each]));
  if (byName.size < issuers.length) throw new Error("two of the issuers whose tokens are taken have the same name");
  app.decorateRequest("caller", null);
  app.decorate("trustedIssuers", byName);
  app.decorate("verifiedTokens", createVerifiedTokens());
};

const verify = async (authorization: string, issuers: Map<string, TrustedIssuer>) => {
  const token = BEARER.exec(authorization)?.[1] ?? "";
  // Not yet to be believed: it only says by whose keys the token has to be verified.
  const { iss = "" } = decodeJwt(token);
  const issuer = issuers.get(iss);
  if (!issuer) throw new errors.JWTClaimValidationFailed("nobody here trusts this issuer", {}, "iss");
  const { payload } = await jwtVerify(token, issuer.keys, {
    issuer: issuer.issuer,
    audience: issuer.audience,
    algorithms: issuer.algorithms,
    clockTolerance: CLOCK_SKEW,
    requiredClaims: ["exp", "iat", "sub"],
  });
  return { caller: issuer.callerOf(payload), exp: payload.exp ?? 0 };
};

/** The caller behind a request's `Authorization: Bearer` token. @throws ProblemError 401 or 503 */
export const identify = async (request: FastifyRequest): Promise<Caller> => {
  const { authorization } = request.headers;
  if (!authorization) throw missing();
  const { verifiedTokens, trustedIssuers } = request.server;
  const known = verifiedTokens.recall(authorization);
  if (known) return known;
  try {
    const { caller, exp } = await verify(authorization, trustedIssuers);
    verifiedTokens.remember(authorization, caller, exp);
    return caller;
  } catch (error) {
    throw refusal(error);
  }
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
