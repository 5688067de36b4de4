import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, expect, test } from "vitest";
import { createTokenBuckets } from "./token-bucket.ts";

const { REDIS_URL: url } = process.env;
if (!url) throw new Error("REDIS_URL is not set. Run the tests by `npx pnpm@12 test`, which brings Redis along.");
const redis = new Redis(url);
afterAll(() => redis.quit());

/** It fills so slowly that a test sees nothing of it. */
const slow = { perSecond: 0.001, burst: 5 };
const bucketsOf = () => {
  const prefix = `test-${randomUUID()}`;
  const { take } = createTokenBuckets({ redis, prefix });
  return { prefix, take };
};

test("a bucket gives what it holds, and then says when to come back", async () => {
  const { take } = bucketsOf();
  for (const left of [4, 3, 2, 1, 0]) expect(await take("a", slow, 1)).toMatchObject({ tokens: 1, left });
  const empty = await take("a", slow, 1);
  expect(empty).toMatchObject({ tokens: 0, left: 0, ...slow });
  expect(empty.waitMs).toBeGreaterThan(990_000);
  expect(empty.waitMs).toBeLessThanOrEqual(1_000_000);
  expect(await take("b", slow, 1)).toMatchObject({ tokens: 1 });
});

test("a bucket is one for all who take at the same moment", async () => {
  const { take } = bucketsOf();
  const taken = await Promise.all(Array.from({ length: 20 }, () => take("a", slow, 1)));
  expect(taken.filter(({ tokens }) => tokens === 1)).toHaveLength(5);
});

test("a bucket fills again with time, and no further than to its brim", async () => {
  const { take } = bucketsOf();
  const quick = { perSecond: 1000, burst: 5 };
  for (let count = 0; count < 5; count += 1) await take("a", quick, 1);
  await expect.poll(async () => (await take("a", quick, 0)).left).toBe(5);
});

test("one call gets a twentieth of a large bucket at most", async () => {
  const { take } = bucketsOf();
  expect(await take("a", { perSecond: 0.001, burst: 1000 }, 80)).toMatchObject({ tokens: 50, left: 950 });
});

test("a look takes nothing, and what is put back can be taken again", async () => {
  const { prefix, take } = bucketsOf();
  expect(await take("a", slow, 0)).toMatchObject({ tokens: 0, left: 5 });
  expect(await redis.exists(`${prefix}:bucket:a`)).toBe(0);
  await take("a", slow, 1);
  await take("a", slow, -1);
  await take("a", slow, -1);
  expect(await take("a", slow, 0)).toMatchObject({ left: 5 });
});

test("a tenant's own limits win, and may be none", async () => {
  const { prefix, take } = bucketsOf();
  await redis.hset(`${prefix}:limits:ten_a`, { requests_per_second: 0.001, request_burst: 2 });
  await redis.hset(`${prefix}:limits:ten_b`, { requests_per_second: 0, request_burst: 1 });
  expect(await take("a", slow, 1, "ten_a")).toMatchObject({ tokens: 1, left: 1, burst: 2 });
  for (let count = 0; count < 20; count += 1)
    expect(await take("b", slow, 1, "ten_b")).toMatchObject({ tokens: 1, perSecond: 0 });
});

test("a bucket that has filled again is forgotten", async () => {
  const { prefix, take } = bucketsOf();
  await take("a", { perSecond: 1, burst: 5 }, 1);
  const left = await redis.pttl(`${prefix}:bucket:a`);
  expect(left).toBeGreaterThan(1000);
  expect(left).toBeLessThanOrEqual(2000);
});
