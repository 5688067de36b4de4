import { z } from "zod";

/** What a tenant may ask of the platform. */
export const Limits = z
  .object({
    file_bytes: z.int(),
    document_pages: z.int().describe("selected pages of one document"),
    page_pixels: z.int(),
    page_seconds: z.int().describe("wall time of one page"),
    in_flight_documents: z.int().describe("documents that are not final; 0: as many as you like"),
    hourly_pages: z.int().describe("pages read in an hour of the clock; 0: as many as you like"),
  })
  .meta({ id: "Limits" });
export type Limits = z.infer<typeof Limits>;

export const DEFAULT_LIMITS: Limits = {
  file_bytes: 200 * 1000 * 1000,
  document_pages: 2000,
  page_pixels: 100_000_000,
  page_seconds: 120,
  in_flight_documents: 1000,
  hourly_pages: 10_000,
};
