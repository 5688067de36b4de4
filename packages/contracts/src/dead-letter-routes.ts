import { z } from "zod";
import { DeadLetterList, ReplayOptions } from "./dead-letter.ts";
import { Document } from "./document.ts";
import { byId, json, paging, type Route } from "./route.ts";

/** What was given up, and what can be done about it. */
export const deadLetterRoutes = {
  listDeadLetters: {
    method: "GET",
    path: "/v1/dead-letters",
    owner: "ocr-api",
    access: "dead-letters:manage",
    summary: "List pages and documents that were given up, newest document first",
    query: z.strictObject(paging),
    answers: { 200: { description: "one page of the list", content: json(DeadLetterList) } },
  },
  replayDeadLetter: {
    method: "POST",
    path: "/v1/dead-letters/:id/replay",
    owner: "ocr-api",
    access: "dead-letters:manage",
    summary: "Try a page or document again, with other options where some are given",
    params: byId,
    query: z.strictObject({}),
    body: [{ contentType: "application/json", schema: ReplayOptions }],
    bodyIsOptional: true,
    answers: { 202: { description: "in work again", content: json(Document) } },
  },
  deleteDeadLetter: {
    method: "DELETE",
    path: "/v1/dead-letters/:id",
    owner: "ocr-api",
    access: "dead-letters:manage",
    summary: "Forget a dead letter; its document stays as it is",
    params: byId,
    query: z.strictObject({}),
    answers: { 204: { description: "forgotten" } },
  },
} satisfies Record<string, Route>;
