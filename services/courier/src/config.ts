import { allowedNetworks } from "@lectura/guard";
import { commonVariables, redisUrl } from "@lectura/runtime";
import { webhookSecret } from "@lectura/webhooks";
import { z } from "zod";

export const CourierConfig = z.object({
  ...commonVariables(8084),
  REDIS_URL: redisUrl,
  LECTURA_PUBLIC_URL: z.url().default("http://localhost:8080").describe("address clients use; the issuer of tokens"),
  LECTURA_WEBHOOK_SECRET: webhookSecret,
  LECTURA_COURIER_ALLOW: allowedNetworks,
});
