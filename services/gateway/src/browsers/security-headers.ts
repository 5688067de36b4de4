import type { FastifyInstance } from "fastify";

/** What is no page loads nothing and is framed by nobody; /docs and /problems say more for themselves. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
const YEAR_S = 31_536_000;

/** Tells browsers, in every answer, what they may do with it. */
export const sendSecurityHeaders = (app: FastifyInstance, { publicUrl }: { publicUrl: string }): void => {
  const isSecure = publicUrl.startsWith("https:");
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers({
      "content-security-policy": API_POLICY,
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      ...(isSecure && { "strict-transport-security": `max-age=${YEAR_S}` }),
    });
  });
};
