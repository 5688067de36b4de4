import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { Problem, type Route } from "@lectura/contracts";
import { version } from "@lectura/telemetry";
import type { FastifyInstance, FastifySchema } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";

const byContentType = (parts: NonNullable<Route["body"]>) => ({
  content: Object.fromEntries(parts.map(({ contentType, schema }) => [contentType, { schema }])),
});

const answers = (route: Route) =>
  Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, schema }]) => [
      status,
      schema ? { description, content: { "application/json": { schema } } } : { description, type: "null" },
    ]),
  );

const problem = { description: "a problem", content: { "application/problem+json": { schema: Problem } } };

/** What OpenAPI says of a route, from the same table that serves it. */
export const openApiSchema = (route: Route): FastifySchema => ({
  summary: route.summary,
  tags: [route.path.split("/")[1] === "v1" ? (route.path.split("/")[2] ?? "") : "tokens"],
  security: route.access === "public" ? [] : [{ apiKey: [] }, { bearer: [] }],
  ...(route.params ? { params: route.params } : {}),
  ...(route.query ? { querystring: route.query } : {}),
  ...(route.body ? { body: byContentType(route.body) } : {}),
  response: { ...answers(route), default: problem },
});

/** `/openapi.json` and `/docs`, where calls can be tried with a key. */
export const serveDocs = async (app: FastifyInstance): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Lectura", version, description: "Upload documents; get text, word boxes and confidence." },
      components: {
        securitySchemes: {
          apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
          bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        },
      },
    },
    hideUntagged: true,
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, { routePrefix: "/docs", staticCSP: true });
  app.get("/openapi.json", async () => app.swagger());
};
