import type { OidcIssuer } from "@lectura/contracts";
import {
  auditCalls,
  createApp,
  createAuditLog,
  createTokenBuckets,
  externalIssuer,
  ownIssuer,
  verifyTokens,
} from "@lectura/http";
import type { Logger } from "@lectura/runtime";
import type { Registry } from "@lectura/telemetry";
import type { FastifyInstance } from "fastify";
import type { Redis } from "ioredis";
import { type ApiKeyStore } from "./accounts/api-key-store.ts";
import { createApiKeys } from "./api-keys/api-keys.ts";
import { apiKeyRoutes } from "./api-keys/routes.ts";
import { createNote } from "./audit/note.ts";
import { auditRoutes } from "./audit/routes.ts";
import type { AuthConfig } from "./config.ts";
import { createGuesses } from "./guesses/guesses.ts";
import { createTokenIssuer } from "./oauth/access-token.ts";
import { createClientCredentials } from "./oauth/client-credentials.ts";
import { oauthRoutes } from "./oauth/routes.ts";
import { createRefreshTokens } from "./sessions/refresh-token.ts";
import { sessionRoutes } from "./sessions/routes.ts";
import { createSessions } from "./sessions/sessions.ts";
import type { KeyRing } from "./signing/key-ring.ts";
import { createChoosePassword } from "./users/choose-password.ts";
import { createPasswords } from "./users/passwords.ts";
import { userRoutes } from "./users/routes.ts";
import type { UserStore } from "./users/user-store.ts";
import { createUsers } from "./users/users.ts";
import { wellKnownRoutes } from "./well-known/routes.ts";

/** auth's HTTP face: tokens and their keys, API keys, users and their sessions. */
export const createAuthApp = async (options: {
  log: Logger;
  metrics: Registry;
  redis: Redis;
  /** Keeps platforms (and tests) apart that share a Redis. */
  prefix?: string;
  apiKeys: ApiKeyStore;
  users: UserStore;
  ring: KeyRing;
  /** Derives what refresh tokens are told by. */
  secret: string;
  issuer: string;
  oidcIssuers: OidcIssuer[];
  release: AuthConfig["LECTURA_RELEASE"];
}): Promise<FastifyInstance> => {
  const { log, metrics, redis, apiKeys, users, ring, issuer } = options;
  const app = createApp({
    service: "auth",
    log,
    metrics,
    dependencies: [{ name: "redis", check: () => redis.ping() }],
  });
  // Clients and tests can tell by it which side of a canary has answered, whatever it answered.
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("x-lectura-version", options.release);
  });
  const own = ownIssuer({ issuer, keys: async ({ kid }) => (await ring.find(kid)).publicKey });
  verifyTokens(app, { issuers: [own, ...options.oidcIssuers.map((each) => externalIssuer(each, log))] });

  const audit = createAuditLog(options);
  auditCalls(app, audit);
  auditRoutes(app, audit);
  const note = createNote({ audit, log });
  const issue = createTokenIssuer({ ring, issuer });
  const guesses = createGuesses({ buckets: createTokenBuckets(options) });
  const passwords = createPasswords();
  const tokens = createRefreshTokens(options.secret);
  await oauthRoutes(app, createClientCredentials({ apiKeys, issue, guesses, note }));
  wellKnownRoutes(app, { ring, issuer });
  apiKeyRoutes(app, createApiKeys({ store: apiKeys }));
  userRoutes(app, {
    users: createUsers({ store: users }),
    choose: createChoosePassword({ store: users, passwords, note }),
  });
  sessionRoutes(app, createSessions({ ...options, passwords, tokens, issue, guesses, note }));
  return app;
};
