import { DEFAULT_LIMITS } from "@lectura/contracts";
import { allowedNetworks } from "@lectura/guard";
import { commonVariables, redisUrl } from "@lectura/runtime";
import { webhookSecret } from "@lectura/webhooks";
import { z } from "zod";

const limit = (value: number) => z.coerce.number().int().positive().default(value);

export const CourierConfig = z.object({
  ...commonVariables(8084),
  REDIS_URL: redisUrl,
  LECTURA_STORAGE: z
    .string()
    .describe("where bytes are kept: file:///folder or s3://bucket/prefix?endpoint=…&region=…"),
  LECTURA_PUBLIC_URL: z.url().default("http://localhost:8080").describe("address clients use; the issuer of tokens"),
  LECTURA_WEBHOOK_SECRET: webhookSecret,
  LECTURA_COURIER_ALLOW: allowedNetworks,
  LECTURA_MAX_FILE_BYTES: limit(DEFAULT_LIMITS.file_bytes).describe("largest file that is taken, in bytes"),
});
