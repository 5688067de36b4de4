import { describe, expect, test } from "vitest";
import { z } from "zod";
import { commonVariables, ConfigError, parseEnvironment, redisUrl } from "./config.ts";

const Schema = z.object({
  ...commonVariables(8081),
  REDIS_URL: redisUrl,
  LECTURA_STORAGE: z.string(),
  LECTURA_MAX_PAGES: z.coerce.number().int().min(1).default(2000),
});
const complete = { REDIS_URL: "redis://localhost:6379", LECTURA_STORAGE: "file:///data" };

const messageOf = (environment: Record<string, string | undefined>): string => {
  try {
    parseEnvironment(Schema, environment);
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error instanceof ConfigError ? error.message : "";
  }
};

describe("the environment", () => {
  test("is parsed into a typed object, defaults filled in, everything else left out", () => {
    expect(parseEnvironment(Schema, { ...complete, PORT: "9000", PATH: "/bin" })).toEqual({
      PORT: 9000,
      HOST: "0.0.0.0",
      LOG_LEVEL: "info",
      LECTURA_MAX_PAGES: 2000,
      ...complete,
    });
  });

  test("counts an empty variable as not set", () => {
    expect(parseEnvironment(Schema, { ...complete, PORT: "", LECTURA_MAX_PAGES: "" })).toMatchObject({
      PORT: 8081,
      LECTURA_MAX_PAGES: 2000,
    });
    expect(messageOf({ ...complete, LECTURA_STORAGE: "" })).toContain("LECTURA_STORAGE");
  });

  test("that is wrong is refused with every fault named, a line each", () => {
    const wrong = { REDIS_URL: "http://localhost", LECTURA_MAX_PAGES: "0", LOG_LEVEL: "loud", PORT: "70000" };
    const [first, ...faults] = messageOf(wrong).split("\n");
    expect(first).toBe("The environment is not complete:");
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "  PORT",
      "  LOG_LEVEL",
      "  REDIS_URL",
      "  LECTURA_STORAGE",
      "  LECTURA_MAX_PAGES",
    ]);
  });

  test.each(["redis://h", "redis://user:secret@h:6380/2", "rediss://h:6380"])("takes %s for a Redis", (url) => {
    expect(redisUrl.parse(url)).toBe(url);
  });

  test.each(["localhost:6379", "http://h", "redis"])("does not take %s for a Redis", (url) => {
    expect(redisUrl.safeParse(url).success).toBe(false);
  });
});
