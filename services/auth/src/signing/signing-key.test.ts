import { afterAll, describe, expect, it } from "vitest";
import { everythingIn, KEY_SECRET, openRedis } from "../fixtures/start-auth.ts";
import { loadSigningKey } from "./signing-key.ts";

const { redis, prefix } = openRedis(process.env["REDIS_URL"]);
afterAll(() => redis.quit());

describe("the signing key", () => {
  it("is one for all replicas, also when they start at the same moment", async () => {
    const others = Array.from({ length: 4 }, () => redis.duplicate());
    const keys = await Promise.all(
      [redis, ...others].map((each) => loadSigningKey({ redis: each, secret: KEY_SECRET, prefix })),
    );
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
    expect((await loadSigningKey({ redis, secret: KEY_SECRET, prefix })).kid).toBe(keys[0]?.kid);
    await Promise.all(others.map((each) => each.quit()));
  });

  it("is encrypted at rest", async () => {
    await loadSigningKey({ redis, secret: KEY_SECRET, prefix });
    const kept = await everythingIn(redis, prefix);
    expect(kept).toContain(":signing-key");
    expect(kept).not.toMatch(/\bkty\b|\\?"d\\?"/);
  });

  it("names the variable and the way out when the secret is another one", async () => {
    await loadSigningKey({ redis, secret: KEY_SECRET, prefix });
    const refused = loadSigningKey({ redis, secret: KEY_SECRET.replace("w", "x"), prefix });
    await expect(refused).rejects.toThrow(/LECTURA_KEY_SECRET is not the one .* set the former one again/);
  });
});
