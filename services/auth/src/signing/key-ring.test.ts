import { createLogger } from "@lectura/runtime";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { everythingIn, KEY_SECRET, openRedis } from "../fixtures/start-auth.ts";
import { openKeyRing } from "./key-ring.ts";
import { replaceKeys, rotateKeys } from "./rotate-keys.ts";
import { sealNewKey } from "./signing-key.ts";

const LEAD_MS = 360_000;
const LAST_TOKEN_MS = 300_000;
const log = createLogger({ service: "auth", level: "silent" });
let place: ReturnType<typeof openRedis>;
const connections: ReturnType<typeof openRedis>["redis"][] = [];

beforeEach(() => {
  place = openRedis(process.env["REDIS_URL"]);
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => vi.useRealTimers());
afterAll(() => Promise.all(connections.map((each) => each.quit())));

const pass = (ms: number): void => void vi.setSystemTime(Date.now() + ms);
const replica = async (secret = KEY_SECRET) => {
  const redis = place.redis.duplicate();
  connections.push(redis);
  return openKeyRing({ redis, secret, prefix: place.prefix, log });
};
const rotate = async (secret = KEY_SECRET) => rotateKeys({ ...place, secret, leadMs: LEAD_MS });
const kids = async (ring: Awaited<ReturnType<typeof replica>>) => (await ring.published()).map(({ kid }) => kid);

describe("the signing key", () => {
  it("is one for all replicas, also when they start at the same moment", async () => {
    const rings = await Promise.all(Array.from({ length: 5 }, () => replica()));
    const signing = await Promise.all([...rings, await replica()].map((ring) => ring.signing()));
    expect(new Set(signing.map(({ kid }) => kid)).size).toBe(1);
  });

  it("is encrypted at rest", async () => {
    await replica();
    const kept = await everythingIn(place.redis, place.prefix);
    expect(kept).toContain(":signing-keys");
    expect(kept).not.toMatch(/\bkty\b|\\?"d\\?"/);
  });

  it("names the variable and the way out when the secret is another one", async () => {
    await replica();
    await expect(replica(KEY_SECRET.replace("w", "x"))).rejects.toThrow(
      /LECTURA_KEY_SECRET is not the one .* set the former one again/,
    );
  });

  it("goes on when it is one from before there was a ring", async () => {
    await place.redis.set(`${place.prefix}:signing-key`, await sealNewKey(KEY_SECRET));
    const [ring, other] = [await replica(), await replica()];
    expect(await kids(ring)).toEqual(await kids(other));
    await place.redis.del(`${place.prefix}:signing-keys`);
    expect(await kids(await replica())).toEqual(await kids(ring));
  });
});

describe("a rotation", () => {
  it("publishes the new key at once, at every replica, and signs with the old one until its time has come", async () => {
    const rings = [await replica(), await replica()];
    const [old = ""] = await kids(rings[0] ?? (await replica()));
    const { kid, signsFrom } = await rotate();
    pass(1000);
    for (const ring of rings) {
      expect(await kids(ring)).toEqual([old, kid]);
      expect((await ring.signing()).kid).toBe(old);
    }
    vi.setSystemTime(signsFrom - 1);
    for (const ring of rings) expect((await ring.signing()).kid).toBe(old);
    vi.setSystemTime(signsFrom);
    for (const ring of rings) expect((await ring.signing()).kid).toBe(kid);
  });

  it("withdraws the old key a minute after its last token's end, and then forgets it", async () => {
    const ring = await replica();
    const [old = ""] = await kids(ring);
    const { kid, signsFrom } = await rotate();
    vi.setSystemTime(signsFrom + LAST_TOKEN_MS + 59_999);
    expect((await ring.find(old)).kid).toBe(old);
    pass(1001);
    expect(await kids(ring)).toEqual([kid]);
    await expect(ring.find(old)).rejects.toMatchObject({ code: "ERR_JWKS_NO_MATCHING_KEY" });
    expect(await everythingIn(place.redis, place.prefix)).not.toContain(old);
  });

  it("may follow upon another one that has not begun to sign", async () => {
    const ring = await replica();
    const [old = ""] = await kids(ring);
    const [second, third] = [await rotate(), await rotate()];
    vi.setSystemTime(third.signsFrom);
    expect((await ring.signing()).kid).toBe(third.kid);
    expect((await kids(ring)).toSorted()).toEqual([old, second.kid, third.kid].toSorted());
  });

  it("is refused with another secret, by which no auth could read the new key", async () => {
    const ring = await replica();
    await expect(rotate(KEY_SECRET.replace("w", "x"))).rejects.toThrow(/LECTURA_KEY_SECRET/);
    pass(1000);
    expect(await kids(ring)).toHaveLength(1);
  });

  it("after a leak leaves the new key alone, under a new secret, and a replica of the old secret as it was", async () => {
    const ring = await replica();
    const before = await kids(ring);
    const secret = KEY_SECRET.replace("w", "x");
    const { kid } = await replaceKeys({ ...place, secret });
    expect(await kids(await replica(secret))).toEqual([kid]);
    pass(1000);
    expect(await kids(ring)).toEqual(before);
  });
});
