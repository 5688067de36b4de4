import formbody from "@fastify/formbody";
import { api } from "@lectura/contracts";
import { serve } from "@lectura/http";
import type { FastifyInstance } from "fastify";
import { clientAddress } from "../guesses/client-address.ts";
import { type ClientCredentials, TokenRefusal } from "./client-credentials.ts";

/** `POST /oauth/token`, the one call whose errors are RFC 6749's and not problem documents. */
export const oauthRoutes = async (app: FastifyInstance, clientCredentials: ClientCredentials): Promise<void> => {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    await scope.register(formbody);
    // Whatever is no form is left unread and refused in RFC 6749's form, like the rest.
    scope.addContentTypeParser("*", (_request, payload, done) => {
      payload.resume();
      done(null);
    });
    serve(scope, api.requestToken, async ({ request, reply }) => {
      reply.headers({ "cache-control": "no-store", pragma: "no-cache" });
      try {
        return await clientCredentials(request.headers.authorization, request.body, clientAddress(request));
      } catch (error) {
        if (!(error instanceof TokenRefusal)) throw error;
        const unauthorized = error.error === "invalid_client";
        if (unauthorized) reply.header("www-authenticate", 'Basic realm="lectura"');
        return reply.code(unauthorized ? 401 : 400).send({ error: error.error, error_description: error.message });
      }
    });
  });
};
