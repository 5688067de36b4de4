import { api, daysBetween, type LanguageList, type Limits } from "@lectura/contracts";
import type { DocumentStore, Workers } from "@lectura/documents";
import { serve } from "@lectura/http";
import type { FastifyInstance } from "fastify";

/** What the platform can do: `/v1/languages` as the workers announce it, `/v1/limits`, and `/v1/usage` of it. */
export const platformRoutes = (
  app: FastifyInstance,
  { documents, workers, limits }: { documents: DocumentStore; workers: Workers; limits: Limits },
): void => {
  serve(app, api.listLanguages, async ({ query }): Promise<LanguageList> => {
    query();
    const models = (await workers.lastKnown()).flatMap((worker) => worker.models);
    const byDigest = new Map(models.map(({ language, kind, sha256 }) => [sha256, { code: language, kind, sha256 }]));
    return { items: [...byDigest.values()].toSorted((a, b) => a.code.localeCompare(b.code)), next_cursor: null };
  });
  serve(app, api.getUsage, async ({ caller, query }) => ({
    items: await documents.usageOf(caller().tenant, daysBetween(query(), Date.now())),
    next_cursor: null,
  }));
  serve(app, api.getLimits, ({ query, reply }) => {
    query();
    return reply.send(limits);
  });
};
