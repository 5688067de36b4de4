import { z } from "zod";
import type { Scope } from "./scopes.ts";

type Method = "GET" | "POST" | "PATCH" | "DELETE";
/** `public` needs no credentials, `any` needs valid ones, a scope needs that scope. */
export type Access = "public" | "any" | Scope;

export interface Route {
  method: Method;
  /** Fastify path, parameters as `:id`. */
  path: string;
  owner: "auth" | "ocr-api";
  access: Access;
  summary: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: { contentType: string; schema: z.ZodType }[];
  /** A body that may be left out. */
  bodyIsOptional?: true;
  /** Answers other than problems, by status. `description` alone means no body. */
  answers: Record<number, { description: string; content?: Record<string, z.ZodType> }>;
}

// Ids are strings here: a malformed one is a 404 from the look-up, like any other that names nothing.
export const byId = z.object({ id: z.string() });

/** A whole number that is pulled into its range instead of being refused. */
export const clamped = (min: number, max: number) =>
  z.coerce.number().transform((value) => Math.min(max, Math.max(min, Math.trunc(value))));

/** Query parameters of every list. */
export const paging = {
  limit: clamped(1, 100).default(20).describe("1–100"),
  cursor: z.string().optional().describe("`next_cursor` of the page before"),
};

/** An answer's content as JSON. */
export const json = (schema: z.ZodType) => ({ "application/json": schema });
