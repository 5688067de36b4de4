import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { env } from "node:process";
import { type CallGraph, edgesOf, readCallGraph, type Service } from "../../mesh/src/index.ts";
import { startAuth } from "../../services/auth/src/fixtures/start-auth.ts";
import { startGateway } from "../../services/gateway/src/fixtures/start-gateway.ts";
import { startOcrApi } from "../../services/ocr-api/src/fixtures/start-ocr-api.ts";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const App = z.object({
  fastify: z.custom<{
    addHook(name: "onRoute", hook: (route: { method: string | string[]; url: string }) => void): void;
  }>(),
});

/** Every route that a service registers while it starts, as the call graph writes them. */
const registeredBy = async (start: () => Promise<{ close(): Promise<void> }>): Promise<string[]> => {
  const routes = new Set<string>();
  const listen = (message: unknown): void => {
    App.parse(message).fastify.addHook("onRoute", ({ method, url }) => {
      for (const each of [method].flat()) if (each !== "HEAD") routes.add(`${each} ${url}`);
    });
  };
  subscribe("fastify.initialization", listen);
  const service = await start();
  unsubscribe("fastify.initialization", listen);
  await service.close();
  return [...routes];
};

/** `/docs/*` stands for everything below. */
const covers = (route: string, other: string): boolean =>
  route === other || (route.endsWith("/*") && other.startsWith(route.slice(0, -1)));

/** Where a service's routes and the graph's are not the same. */
const differences = (graph: CallGraph, service: Service, registered: string[]): string[] => {
  const known = edgesOf(graph).flatMap(({ to, route }) =>
    to === service && route ? [`${route.method} ${route.path}`] : [],
  );
  return [
    ...registered
      .filter((route) => !known.some((each) => covers(each, route)))
      .map((route) => `not in the call graph: ${service} ${route}`),
    ...known
      .filter((route) => !registered.some((each) => covers(route, each)))
      .map((route) => `only in the call graph: ${service} ${route}`),
  ];
};

const starts: [Service, () => Promise<{ close(): Promise<void> }>][] = [
  ["gateway", startGateway],
  ["auth", () => startAuth(env["REDIS_URL"])],
  ["ocr-api", () => startOcrApi(env["REDIS_URL"])],
];

describe("the call graph", () => {
  const graph = readCallGraph();

  it.each(starts)("knows every route of %s, and no other", async (service, start) => {
    expect(differences(graph, service, await registeredBy(start))).toEqual([]);
  });

  it("is found to lack a route that a service has got", async () => {
    const routes = await registeredBy(() => startAuth(env["REDIS_URL"]));
    expect(differences(graph, "auth", [...routes, "POST /v1/nothing"])).toEqual([
      "not in the call graph: auth POST /v1/nothing",
    ]);
  });

  it("is found to name a route that a service has lost", async () => {
    const routes = await registeredBy(() => startAuth(env["REDIS_URL"]));
    const fewer = routes.filter((route) => route !== "GET /v1/auth/me");
    expect(differences(graph, "auth", fewer)).toEqual(["only in the call graph: auth GET /v1/auth/me"]);
  });
});
