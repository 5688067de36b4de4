// For whoever operates the platform: `node operator.ts tenants add NAME` and its like, with the service's environment.
// Works in the pod and, by `pnpm lectura tenants add NAME`, on a laptop.
import { createAuditLog } from "@lectura/http";
import { configured, parseEnvironment, redisOptions } from "@lectura/runtime";
import { Redis } from "ioredis";
import { createApiKeyStore } from "./accounts/api-key-store.ts";
import { createTenants } from "./accounts/tenants.ts";
import { createApiKeys } from "./api-keys/api-keys.ts";
import { OperatorConfig } from "./config.ts";
import { operatorCommands } from "./operator/commands.ts";
import { noted } from "./operator/noted.ts";
import { runOperator } from "./operator/run-operator.ts";
import { replaceKeys, rotateKeys } from "./signing/rotate-keys.ts";
import { createUserStore } from "./users/user-store.ts";
import { createUsers } from "./users/users.ts";

const config = configured(() => parseEnvironment(OperatorConfig, process.env));
const redis = new Redis(config.REDIS_URL, { ...redisOptions, commandTimeout: 5000 });
const store = createApiKeyStore({ redis });
const secret = config.LECTURA_KEY_SECRET;

const tenants = createTenants({ redis, apiKeys: store });
const commands = operatorCommands({
  tenants,
  users: createUsers({ store: createUserStore({ redis }) }),
  apiKeys: createApiKeys({ store }),
  rotate: async () => rotateKeys({ redis, secret, leadMs: config.LECTURA_KEY_LEAD * 1000 }),
  replace: async () => replaceKeys({ redis, secret }),
});

const { code, stdout, stderr } = await runOperator(
  noted(commands, { audit: createAuditLog({ redis }), tenants }),
  process.argv.slice(2),
);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
await redis.quit();
