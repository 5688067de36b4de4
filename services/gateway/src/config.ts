import { DEFAULT_LIMITS, oidcIssuers } from "@lectura/contracts";
import { commonVariables, redisUrl } from "@lectura/runtime";
import { z } from "zod";

/** Names behind commas. */
const list = z
  .string()
  .default("")
  .transform((text) => text.split(",").flatMap((name) => name.trim() || []));

export const GatewayConfig = z.object({
  ...commonVariables(8080),
  REDIS_URL: redisUrl,
  LECTURA_AUTH_URL: z.url().describe("where auth is"),
  LECTURA_OCR_API_URL: z.url().describe("where ocr-api is"),
  LECTURA_PUBLIC_URL: z.url().default("http://localhost:8080").describe("address clients use; the issuer of tokens"),
  LECTURA_OIDC_ISSUERS: oidcIssuers,
  LECTURA_MAX_FILE_BYTES: z.coerce
    .number()
    .int()
    .default(DEFAULT_LIMITS.file_bytes)
    .describe("largest file that is taken, in bytes"),
  LECTURA_REQUESTS_PER_SECOND: z.coerce
    .number()
    .nonnegative()
    .default(500)
    .describe("requests a second of a tenant, and of an address without good credentials; 0: no limit"),
  LECTURA_REQUEST_BURST: z.coerce.number().int().positive().default(1000).describe("requests that may come at once"),
  LECTURA_MAX_UPLOADS: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(200)
    .describe("most documents of a tenant that come in at once through one gateway; 0: any number"),
  LECTURA_CORS_ORIGINS: list.describe("origins whose pages may call the API, behind commas"),
  LECTURA_TRUSTED_PROXIES: list.describe(
    "whose X-Forwarded-* is believed: addresses, networks, loopback, linklocal, uniquelocal",
  ),
});
