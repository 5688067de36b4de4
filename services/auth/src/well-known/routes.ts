import { api, Scope } from "@lectura/contracts";
import { serve } from "@lectura/http";
import type { FastifyInstance } from "fastify";
import type { KeyRing } from "../signing/key-ring.ts";

/** What verifiers and OAuth clients need to find: the public keys and the metadata of RFC 8414. */
export const wellKnownRoutes = (app: FastifyInstance, { ring, issuer }: { ring: KeyRing; issuer: string }): void => {
  serve(app, api.getJwks, async ({ reply }) => {
    reply.header("cache-control", "public, max-age=300");
    return { keys: (await ring.published()).map(({ publicJwk }) => publicJwk) };
  });
  serve(app, api.getOAuthMetadata, ({ reply }) =>
    reply.send({
      issuer,
      token_endpoint: `${issuer}/oauth/token`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      grant_types_supported: ["client_credentials"],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
      scopes_supported: Scope.options,
    }),
  );
};
