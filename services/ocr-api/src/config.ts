import { DEFAULT_LIMITS, oidcIssuers } from "@lectura/contracts";
import { allowedNetworks } from "@lectura/guard";
import { commonVariables, redisUrl } from "@lectura/runtime";
import { webhookSecret } from "@lectura/webhooks";
import { z } from "zod";

const limit = (value: number) => z.coerce.number().int().positive().default(value);

const share = (value: number) => z.coerce.number().int().nonnegative().default(value);

export const OcrApiConfig = z.object({
  ...commonVariables(8082),
  REDIS_URL: redisUrl,
  LECTURA_STORAGE: z
    .string()
    .describe("where bytes are kept: file:///folder or s3://bucket/prefix?endpoint=…&region=…"),
  LECTURA_AUTH_URL: z.url().describe("where auth is"),
  LECTURA_PUBLIC_URL: z.url().default("http://localhost:8080").describe("address clients use; the issuer of tokens"),
  LECTURA_WEBHOOK_SECRET: webhookSecret,
  LECTURA_COURIER_ALLOW: allowedNetworks,
  LECTURA_OIDC_ISSUERS: oidcIssuers,
  LECTURA_MAX_FILE_BYTES: limit(DEFAULT_LIMITS.file_bytes).describe("largest file that is taken, in bytes"),
  LECTURA_MAX_PAGES: limit(DEFAULT_LIMITS.document_pages).describe("most selected pages of one document"),
  LECTURA_MAX_PAGE_PIXELS: limit(DEFAULT_LIMITS.page_pixels).describe("most pixels of one page"),
  LECTURA_MAX_IN_FLIGHT: share(DEFAULT_LIMITS.in_flight_documents).describe(
    "most unfinished documents of a tenant; 0: as many as it likes",
  ),
  LECTURA_MAX_HOURLY_PAGES: share(DEFAULT_LIMITS.hourly_pages).describe(
    "most pages of a tenant in an hour; 0: as many as it likes",
  ),
  LECTURA_MAX_KEPT_BYTES: share(DEFAULT_LIMITS.kept_bytes).describe(
    "most bytes of all files of a tenant's documents together; 0: as many as it likes",
  ),
  LECTURA_PAGE_SECONDS: limit(DEFAULT_LIMITS.page_seconds).describe("longest wall time of one page, in seconds"),
});
export type OcrApiConfig = z.infer<typeof OcrApiConfig>;
