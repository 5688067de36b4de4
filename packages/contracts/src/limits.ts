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
    kept_bytes: z.int().describe("files of all documents that are neither deleted nor expired; 0: as many as you like"),
  })
  .meta({ id: "Limits" });
export type Limits = z.infer<typeof Limits>;

/** Those of which a tenant may have its own. */
export const OwnLimits = Limits.pick({
  file_bytes: true,
  document_pages: true,
  in_flight_documents: true,
  hourly_pages: true,
  kept_bytes: true,
}).partial();
export type OwnLimits = z.infer<typeof OwnLimits>;

/** A tenant's limits by the names that its operator gives them. */
export const TenantLimit = z.enum(["requests_per_second", ...OwnLimits.keyof().options]);
export type TenantLimit = z.infer<typeof TenantLimit>;

export const DEFAULT_LIMITS: Limits = {
  file_bytes: 200 * 1000 * 1000,
  document_pages: 2000,
  page_pixels: 100_000_000,
  page_seconds: 120,
  in_flight_documents: 1000,
  hourly_pages: 10_000,
  kept_bytes: 50 * 1000 * 1000 * 1000,
};
