import { createHash } from "node:crypto";
import { ProblemCode, ProblemError, problems } from "@lectura/contracts";
import type { FastifyInstance } from "fastify";

const STYLE =
  "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:38rem;margin:4rem auto;padding:0 1rem}code{background:#eee;padding:.1em .3em}";
// The page's only style, by its digest: nothing else may be in it.
const POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'`;

const page = (code: ProblemCode): string => {
  const { status, title, help } = problems[code];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} – Lectura</title>
<style>${STYLE}</style>
<h1>${title}</h1>
<p>${help}</p>
<p>Code <code>${code}</code>, HTTP status ${status}. <a href="/docs">The API</a></p>
</html>
`;
};

/** `/problems/<code>`: the page that every problem's `type` points to. */
export const serveProblemPages = (app: FastifyInstance): void => {
  app.get<{ Params: { code: string } }>("/problems/:code", async (request, reply) => {
    const code = ProblemCode.safeParse(request.params.code);
    if (!code.success) throw new ProblemError("not-found", "There is no problem of this name.");
    return reply.type("text/html; charset=utf-8").header("content-security-policy", POLICY).send(page(code.data));
  });
};
