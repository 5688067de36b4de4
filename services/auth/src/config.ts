import { commonVariables, encryptionKey, redisUrl } from "@lectura/runtime";
import { z } from "zod";

export const AuthConfig = z.object({
  ...commonVariables(8081),
  REDIS_URL: redisUrl,
  LECTURA_PUBLIC_URL: z.url().default("http://localhost:8080").describe("address clients use; the issuer of tokens"),
  LECTURA_KEY_SECRET: encryptionKey.describe("encrypts the token signing keys at rest (32 bytes, base64url)"),
  LECTURA_FIRST_API_KEY: z
    .string()
    .regex(/^lk_/, "must be an API key, lk_<id>_<secret>")
    .optional()
    .describe("on an empty platform the first tenant is made, with this key"),
  LECTURA_RELEASE: z
    .enum(["safe", "risky"])
    .default("safe")
    .describe("which release of auth this is, in a canary: answered as x-lectura-version"),
});
export type AuthConfig = z.infer<typeof AuthConfig>;
