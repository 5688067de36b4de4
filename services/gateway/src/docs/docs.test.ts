import { api, ProblemCode, problems, type Route } from "@lectura/contracts";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGateway, type TestGateway } from "../fixtures/start-gateway.ts";
import { createOpenApi } from "./openapi.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const routes = Object.values<Route>(api);
const pathOf = ({ path }: Route): string => path.replaceAll(/:(\w+)/g, "{$1}");

describe("/openapi.json", () => {
  it("is valid OpenAPI 3.1", async () => {
    const answer = await gateway.app.inject("/openapi.json");
    const validator = new Validator();
    expect(await validator.validate(answer.json())).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  it("lists exactly the calls of the table", () => {
    const listed = Object.entries(createOpenApi().paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.toSorted()).toEqual(routes.map((route) => `${route.method} ${pathOf(route)}`).toSorted());
  });

  it("lists nothing that is not served", () => {
    for (const { method, path } of routes) expect(gateway.app.hasRoute({ method, url: path })).toBe(true);
  });

  it("asks for credentials exactly where the gateway does", async () => {
    const document = createOpenApi();
    for (const route of routes) {
      const operation = document.paths[pathOf(route)]?.[route.method.toLowerCase()];
      const answer = await gateway.app.inject({ method: route.method, url: route.path.replaceAll(":", "") });
      expect(answer.body.includes("missing-credentials"), route.path).toBe(operation?.security.length !== 0);
    }
  });
});

describe("pages for people", () => {
  it("/docs shows the API", async () => {
    const answer = await gateway.app.inject("/docs");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toMatch(/^text\/html/);
    expect(answer.body).toContain("swagger-ui");
    const script = /src="(\/docs\/[^"]*swagger-ui-bundle\.js)"/.exec(answer.body)?.[1];
    expect((await gateway.app.inject(script ?? "")).statusCode).toBe(200);
  });

  it("/problems/<code> explains every problem there is", async () => {
    for (const code of ProblemCode.options) {
      const answer = await gateway.app.inject(`/problems/${code}`);
      expect(answer.statusCode, code).toBe(200);
      expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(answer.body).toContain(problems[code].title);
      expect(answer.body).toContain(problems[code].help);
    }
  });

  it("a problem that does not exist has no page", async () => {
    const answer = await gateway.app.inject("/problems/toString");
    expect([answer.statusCode, answer.json().code]).toEqual([404, "not-found"]);
  });
});

describe("what only operators may see", () => {
  it.each(["/metrics", "/v1/metrics", "/readyz/../metrics", "/docs/../metrics"])("%s is not there", async (url) => {
    expect((await gateway.app.inject(url)).statusCode).toBe(404);
    expect((await fetch(`${gateway.url}${url}`)).status).toBe(404);
  });
});
