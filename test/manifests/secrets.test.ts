import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseApiKey } from "@lectura/contracts";
import { expect, test } from "vitest";
import { z } from "zod";

const Secret = z.strictObject({
  apiVersion: z.literal("v1"),
  kind: z.literal("Secret"),
  metadata: z.strictObject({ name: z.literal("lectura-secrets"), namespace: z.literal("lectura") }),
  stringData: z.record(z.string(), z.string()),
});

const make = async (env: Record<string, string> = {}): Promise<Record<string, string>> => {
  const script = join(import.meta.dirname, "../../scripts/make-secrets.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
  return Secret.parse(JSON.parse(stdout)).stringData;
};

test("a first installation gets secrets of its own, each in the form that its service takes", async () => {
  const [one, another] = [await make(), await make()];
  expect(Object.keys(one)).toEqual([
    "REDIS_PASSWORD",
    "REDIS_URL",
    "LECTURA_KEY_SECRET",
    "LECTURA_WEBHOOK_SECRET",
    "LECTURA_FIRST_API_KEY",
  ]);
  for (const [name, value] of Object.entries(one)) expect(another[name]).not.toBe(value);
  expect(Buffer.from(one["LECTURA_KEY_SECRET"] ?? "", "base64url")).toHaveLength(32);
  expect(parseApiKey(one["LECTURA_FIRST_API_KEY"] ?? "")).toBeDefined();
  expect(new URL(one["REDIS_URL"] ?? "")).toMatchObject({ host: "redis:6379", password: one["REDIS_PASSWORD"] });
});

test("a managed Redis and the keys of a bucket are taken over from the environment", async () => {
  const given = { REDIS_URL: "rediss://elsewhere:6378", AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
  expect(await make(given)).toMatchObject(given);
});
