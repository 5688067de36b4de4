import { describe, expect, test } from "vitest";
import { z } from "zod";
import { api } from "./api.ts";
import type { Route } from "./route.ts";
import { Scope } from "./scopes.ts";

const routes: [string, Route][] = Object.entries(api);
const parametersOf = (path: string) => [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);

describe("the API table", () => {
  test("has each call once", () => {
    const calls = routes.map(([, { method, path }]) => `${method} ${path.replaceAll(/:\w+/g, ":")}`);
    expect(new Set(calls).size).toBe(calls.length);
  });

  test.each(routes)("%s has an answer of success, and every answer is described", (_, { answers }) => {
    expect(Object.keys(answers).some((status) => status.startsWith("2"))).toBe(true);
    for (const { description } of Object.values(answers)) expect(description).not.toBe("");
  });

  test.each(routes)("%s says which credentials it needs", (_, { access }) => {
    expect(["public", "any", ...Scope.options]).toContain(access);
  });

  test.each(routes)("%s declares the parameters of its path and no others", (_, { path, params }) => {
    expect(Object.keys(params?.shape ?? {})).toEqual(parametersOf(path));
  });

  test.each(routes.filter(([, { method }]) => method !== "POST"))("%s takes no body", (_, { body }) => {
    expect(body).toBeUndefined();
  });

  // A path without credentials is a decision: a new one has to be added here.
  test("lets nobody in without credentials but to get some", () => {
    const open = routes.filter(([, { access }]) => access === "public").map(([, { path }]) => path);
    expect(open).toEqual(["/oauth/token", "/.well-known/jwks.json", "/.well-known/oauth-authorization-server"]);
  });

  test.each(routes.filter(([, { query }]) => query))("%s refuses query parameters it does not know", (_, { query }) => {
    const issues = query?.safeParse({ no_such_parameter: "1" }).error?.issues;
    expect(issues).toEqual([expect.objectContaining({ code: "unrecognized_keys", keys: ["no_such_parameter"] })]);
  });

  test.each(routes)("%s can be written as JSON schema, as OpenAPI needs it", (_, route) => {
    const schemas = [route.params, route.query, ...(route.body ?? []).map(({ schema }) => schema)];
    const answers = Object.values(route.answers).flatMap(({ content }) => Object.values(content ?? {}));
    for (const schema of schemas) if (schema) expect(z.toJSONSchema(schema, { io: "input" })).toBeTypeOf("object");
    for (const schema of answers) expect(z.toJSONSchema(schema)).toBeTypeOf("object");
  });
});

const limit = (value?: string) => api.listDocuments.query.safeParse({ limit: value }).data?.limit;
const wait = (value?: string) => api.getDocument.query.safeParse({ wait: value }).data?.wait;

describe("numbers in a query", () => {
  test("have defaults", () => {
    expect([limit(), wait()]).toEqual([20, 0]);
  });

  test.each([
    ["50", 50],
    ["0", 1],
    ["-5", 1],
    ["1000000", 100],
    ["7.9", 7],
  ])("limit=%s is pulled into its range: %i", (given, taken) => {
    expect(limit(given)).toBe(taken);
  });

  test("wait is pulled below a minute", () => {
    expect([wait("61"), wait("60"), wait("-1")]).toEqual([60, 60, 0]);
  });

  test.each(["many", "NaN", "1,2"])("limit=%j is no number and refused", (given) => {
    expect(limit(given)).toBeUndefined();
  });
});
