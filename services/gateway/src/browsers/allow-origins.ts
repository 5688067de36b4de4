import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";

/** What a page needs to read of an answer besides its body. */
const EXPOSED = ["Location", "Retry-After", "ETag", "Link", "x-trace-id", "RateLimit", "RateLimit-Policy"];
const PREFLIGHT_S = 600;

/** Lets pages of these origins call the API (CORS); of none unless the operator names some. */
export const allowOrigins = async (app: FastifyInstance, origins: string[]): Promise<void> => {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: origins,
    methods: ["GET", "HEAD", "POST", "PATCH", "DELETE"],
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_S,
  });
};
