import swagger, { type StaticDocumentSpec } from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { createOpenApi } from "./openapi.ts";

/** `/openapi.json`, and `/docs` where calls can be tried with a key. */
export const serveDocs = async (app: FastifyInstance): Promise<void> => {
  const document: unknown = createOpenApi();
  // The plugin's type knows OpenAPI 3.0 only; that the document is valid 3.1 is tested beside it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see the line above
  const specification = { document } as StaticDocumentSpec;
  await app.register(swagger, { mode: "static", specification });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: true,
    // On a laptop or behind a mesh the page comes over plain HTTP, and so must its parts.
    transformStaticCSP: (header) => header.replace(" upgrade-insecure-requests;", ""),
  });
  app.get("/openapi.json", async () => document);
};
