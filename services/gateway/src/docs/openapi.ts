import { api, Problem, type Route } from "@lectura/contracts";
import { version } from "@lectura/telemetry";
import { z } from "zod";

type JsonSchema = z.core.JSONSchema.BaseSchema;

const reference = (id: string): string => `#/components/schemas/${id}`;

// `$schema` and `$id` belong to a schema that is a document of its own.
const embedded = ({ $schema: _schema, $id: _id, ...schema }: JsonSchema): JsonSchema => schema;

/** A schema where it is used: by name when it has one. */
const schemaOf = (schema: z.ZodType, io: "input" | "output"): JsonSchema => {
  const id = z.globalRegistry.get(schema)?.id;
  return id ? { $ref: reference(id) } : embedded(z.toJSONSchema(schema, { io, unrepresentable: "any" }));
};

const parametersOf = (schema: z.ZodObject | undefined, place: "path" | "query") => {
  if (!schema) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = typeof property === "object" ? property : {};
    return {
      name,
      in: place,
      required: place === "path" || required.includes(name),
      ...(description ? { description } : {}),
      schema: rest,
    };
  });
};

const bodyOf = ({ body, bodyIsOptional }: Route) =>
  body && {
    requestBody: {
      required: !bodyIsOptional,
      content: Object.fromEntries(
        body.map(({ contentType, schema }) => [contentType, { schema: schemaOf(schema, "input") }]),
      ),
    },
  };

const answersOf = ({ answers }: Route) => ({
  ...Object.fromEntries(
    Object.entries(answers).map(([status, { description, content }]) => [
      status,
      content
        ? {
            description,
            content: Object.fromEntries(
              Object.entries(content).map(([type, schema]) => [type, { schema: schemaOf(schema, "output") }]),
            ),
          }
        : { description },
    ]),
  ),
  default: {
    description: "a problem",
    content: { "application/problem+json": { schema: schemaOf(Problem, "output") } },
  },
});

const operationOf = (name: string, route: Route) => ({
  operationId: name,
  summary: route.summary,
  tags: [/^\/v1\/([\w-]+)/.exec(route.path)?.[1] ?? "tokens"],
  security: route.access === "public" ? [] : [{ apiKey: [] }, { bearer: [] }],
  parameters: [...parametersOf(route.params, "path"), ...parametersOf(route.query, "query")],
  ...bodyOf(route),
  responses: answersOf(route),
});

const pathsOf = (routes: [string, Route][]) => {
  const paths: Record<string, Record<string, ReturnType<typeof operationOf>>> = {};
  for (const [name, route] of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) };
  }
  return paths;
};

const namedSchemas = (): Record<string, JsonSchema> => {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { uri: reference, io: "output", unrepresentable: "any" });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, embedded(schema)]));
};

/** The OpenAPI 3.1 document, made of the table and the schemas that serve the calls. */
export const createOpenApi = () => ({
  openapi: "3.1.0" as const,
  info: { title: "Lectura", version, description: "Upload documents; get text, word boxes and confidence." },
  paths: pathsOf(Object.entries<Route>(api)),
  components: {
    schemas: namedSchemas(),
    securitySchemes: {
      apiKey: { type: "apiKey" as const, in: "header", name: "X-API-Key" },
      bearer: { type: "http" as const, scheme: "bearer", bearerFormat: "JWT" },
    },
  },
});
