import type { Redis } from "ioredis";
import { z } from "zod";
import { createRunScript } from "../scripts.ts";
import { openKey, sealNewKey } from "./signing-key.ts";

/** A key as Redis keeps it: encrypted, with the moment (ms since 1970) from which it signs. */
const StoredKey = z.object({ sealed: z.string(), signs_from: z.number() });
export type StoredKey = z.infer<typeof StoredKey> & { kid: string };

export interface RingStoreOptions {
  redis: Redis;
  secret: string;
  prefix?: string;
}

/** The signing keys in Redis, which all replicas of auth share. */
export const createRingStore = ({ redis, secret, prefix = "lectura" }: RingStoreOptions) => {
  const ring = `${prefix}:signing-keys`;
  const former = `${prefix}:signing-key`;
  const run = createRunScript(redis);

  const add = async (sealed: string, leadMs: number, place: "first" | "next" | "only") => {
    const { kid } = await openKey(sealed, secret);
    const signsFrom = Number(await run("add-signing-key", [ring, former], [kid, sealed, leadMs, place]));
    return { kid, signsFrom };
  };

  return {
    /** Oldest first. */
    read: async (): Promise<StoredKey[]> =>
      Object.entries(await redis.hgetall(ring))
        .map(([kid, text]) => ({ kid, ...StoredKey.parse(JSON.parse(text)) }))
        .toSorted((one, other) => one.signs_from - other.signs_from),

    /** Makes the first key where there is none; of replicas that start together one does. */
    addFirst: async (): Promise<void> => {
      if (await redis.exists(ring)) return;
      await add((await redis.get(former)) ?? (await sealNewKey(secret)), 0, "first");
    },

    add: async (leadMs: number, place: "next" | "only") => add(await sealNewKey(secret), leadMs, place),

    remove: async (kids: string[]): Promise<void> => {
      if (kids.length > 0) await redis.hdel(ring, ...kids);
    },
  };
};
