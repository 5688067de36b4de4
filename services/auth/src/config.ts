import { oidcIssuers } from "@lectura/contracts";
import { commonVariables, encryptionKey, redisUrl } from "@lectura/runtime";
import { z } from "zod";

export const AuthConfig = z.object({
  ...commonVariables(8081),
  REDIS_URL: redisUrl,
  LECTURA_PUBLIC_URL: z.url().default("http://localhost:8080").describe("address clients use; the issuer of tokens"),
  LECTURA_OIDC_ISSUERS: oidcIssuers,
  LECTURA_KEY_SECRET: encryptionKey.describe("encrypts the token signing keys at rest (32 bytes, base64url)"),
  LECTURA_KEY_LEAD: z.coerce
    .number()
    .int()
    // A verifier asks for an unknown key every 30 s at most: sooner, it would refuse good tokens.
    .min(31)
    .default(360)
    .describe("seconds from `keys rotate` until the new key signs; proxies keep a key set for five minutes"),
  LECTURA_FIRST_API_KEY: z
    .string()
    .regex(/^lk_/, "must be an API key, lk_<id>_<secret>")
    .optional()
    .describe("on an empty platform the first tenant is made, with this key"),
  LECTURA_FIRST_TENANT_LIMITS: z
    .enum(["on", "off"])
    .default("on")
    .describe("off: that tenant may make as many requests as it likes"),
  LECTURA_RELEASE: z
    .enum(["safe", "risky"])
    .default("safe")
    .describe("which release of auth this is, in a canary: answered as x-lectura-version"),
});
/** What the operator's command line reads of it. */
export const OperatorConfig = AuthConfig.pick({ REDIS_URL: true, LECTURA_KEY_SECRET: true, LECTURA_KEY_LEAD: true });
export type AuthConfig = z.infer<typeof AuthConfig>;
