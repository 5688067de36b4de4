import { DEFAULT_LIMITS, oidcIssuers } from "@lectura/contracts";
import { commonVariables } from "@lectura/runtime";
import { z } from "zod";

export const GatewayConfig = z.object({
  ...commonVariables(8080),
  LECTURA_AUTH_URL: z.url().describe("where auth is"),
  LECTURA_OCR_API_URL: z.url().describe("where ocr-api is"),
  LECTURA_PUBLIC_URL: z.url().default("http://localhost:8080").describe("address clients use; the issuer of tokens"),
  LECTURA_OIDC_ISSUERS: oidcIssuers,
  LECTURA_MAX_FILE_BYTES: z.coerce
    .number()
    .int()
    .default(DEFAULT_LIMITS.file_bytes)
    .describe("largest file that is taken, in bytes"),
});
