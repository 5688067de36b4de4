import { checkReadiness, type Dependency } from "@lectura/runtime";
import { version } from "@lectura/telemetry";
import type { FastifyInstance } from "fastify";

/**
 * `/startupz` is there as soon as the app listens, which it does when everything else has been started; `/livez` asks
 * nobody, `/readyz` asks the dependencies and names the absent ones, `/version` says what runs.
 */
export const serveHealthRoutes = (app: FastifyInstance, service: string, dependencies: Dependency[]): void => {
  app.get("/startupz", async () => ({ status: "ok" }));
  app.get("/livez", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const readiness = await checkReadiness(dependencies);
    return reply.code(readiness.status === "ok" ? 200 : 503).send(readiness);
  });
  app.get("/version", async () => ({ service, version, node: process.versions.node }));
};
