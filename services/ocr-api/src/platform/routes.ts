import { api, daysBetween, type LanguageList } from "@lectura/contracts";
import type { DocumentStore, Workers } from "@lectura/documents";
import { serve } from "@lectura/http";
import type { FastifyInstance } from "fastify";
import type { LimitsOf } from "../documents/limits.ts";

/** What the platform can do: `/v1/languages` as the workers announce it, `/v1/limits`, and `/v1/usage` of it. */
export const platformRoutes = (
  app: FastifyInstance,
  { documents, workers, limitsOf }: { documents: DocumentStore; workers: Workers; limitsOf: LimitsOf },
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
  serve(app, api.getLimits, async ({ caller, query }) => {
    query();
    return limitsOf(caller().tenant);
  });
};
