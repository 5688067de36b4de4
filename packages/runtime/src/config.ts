import { z } from "zod";

/** An environment that a service cannot start with; the message names every fault. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const onOneLine = (issue: z.core.$ZodIssue): string => `  ${issue.path.join(".")}: ${issue.message}`;

/**
 * Parses the environment once into a typed object; an empty variable counts as not set.
 * @throws ConfigError naming every variable that is missing or wrong
 */
export const parseEnvironment = <Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  environment: Record<string, string | undefined>,
): z.infer<z.ZodObject<Shape>> => {
  const known = Object.keys(schema.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : []));
  const parsed = schema.safeParse(Object.fromEntries(known));
  if (parsed.success) return parsed.data;
  throw new ConfigError(`The environment is not complete:\n${parsed.error.issues.map(onOneLine).join("\n")}`);
};

/** Variables that every service reads. `port` is the service's default port. */
export const commonVariables = (port: number) => ({
  PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(64_535)
    .default(port)
    .describe("port of the service; /metrics is 1000 above"),
  HOST: z.string().default("0.0.0.0").describe("address to listen on"),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal"])
    .default("info")
    .describe("least level that is logged"),
});

export const redisUrl = z.url({ protocol: /^rediss?$/ }).describe("Redis: queues, records, accounts");

/** A key for `encrypt`. */
export const encryptionKey = z.base64url().length(43, "must be 32 bytes as base64url, 43 characters");
