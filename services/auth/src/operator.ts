// For whoever operates the platform: `node operator.ts tenants add NAME`, with REDIS_URL as the service has it.
// Works in the pod and, by `pnpm lectura tenants add NAME`, on a laptop.
import { configured, parseEnvironment, redisOptions, redisUrl } from "@lectura/runtime";
import { Redis } from "ioredis";
import { z } from "zod";
import { createApiKeyStore } from "./accounts/api-key-store.ts";
import { createTenants } from "./accounts/tenants.ts";

const config = configured(() => parseEnvironment(z.object({ REDIS_URL: redisUrl }), process.env));
const [subject, verb, name] = process.argv.slice(2);

if (subject !== "tenants" || verb !== "add" || !name) {
  process.stderr.write("Usage: tenants add NAME\n");
  process.exit(2);
}

const redis = new Redis(config.REDIS_URL, { ...redisOptions, commandTimeout: 5000 });
const { tenant, key } = await createTenants({ redis, apiKeys: createApiKeyStore({ redis }) }).add(name);
process.stdout.write(`LECTURA_TENANT=${tenant}\nLECTURA_API_KEY=${key}\n`);
await redis.quit();
