import { api, ProblemError, ReplayOptions } from "@lectura/contracts";
import { type DocumentStore, parseLetterId } from "@lectura/documents";
import { serve } from "@lectura/http";
import type { FastifyInstance } from "fastify";
import type { Watch } from "../documents/wait.ts";
import { readJson } from "../json-body.ts";
import { noSuchLetter } from "./no-such-letter.ts";
import type { Replay } from "./replay.ts";

/** `/v1/dead-letters`: what was given up. */
export const deadLetterRoutes = (
  app: FastifyInstance,
  { documents, watch, replay }: { documents: DocumentStore; watch: Watch; replay: Replay },
): void => {
  serve(app, api.listDeadLetters, async ({ caller, query, reply }) => {
    const { limit, cursor } = query();
    if (cursor !== undefined && !parseLetterId(cursor)) {
      throw new ProblemError("malformed-request", "The cursor is not one that a list has given.");
    }
    const { items, more } = await documents.listLetters(caller().tenant, { limit, after: cursor });
    const next = more ? items.at(-1)?.id : undefined;
    if (next) reply.header("link", `<${api.listDeadLetters.path}?limit=${limit}&cursor=${next}>; rel="next"`);
    return { items, next_cursor: next ?? null };
  });

  serve(app, api.replayDeadLetter, async ({ caller, params, query, request, reply }) => {
    query();
    const record = await replay(caller().tenant, params.id, async () => {
      const options = ReplayOptions.parse(await readJson(request, {}));
      return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    });
    return reply.code(202).send(await watch.view(record));
  });

  serve(app, api.deleteDeadLetter, async ({ caller, params, query, reply }) => {
    query();
    const letter = parseLetterId(params.id);
    if (!letter || !(await documents.forgetLetter(caller().tenant, letter))) throw noSuchLetter();
    return reply.code(204).send();
  });
};
