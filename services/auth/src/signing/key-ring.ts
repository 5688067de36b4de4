import type { Logger } from "@lectura/runtime";
import { errors } from "jose";
import { TOKEN_LIFETIME_S } from "../oauth/access-token.ts";
import { createRingStore, type RingStoreOptions, type StoredKey } from "./ring-store.ts";
import { openKey, type SigningKey } from "./signing-key.ts";

// So late at most a replica learns of a rotation, which is made minutes ahead.
const REFRESH_MS = 1000;
/** A key stays published for a minute longer than the last token that it has signed. */
const LINGER_MS = (TOKEN_LIFETIME_S + 60) * 1000;

/** The keys that tokens are signed and verified with. */
export interface KeyRing {
  /** The one that signs now. */
  signing(): Promise<SigningKey>;
  /** Those that verifiers have to know: the next one, the present one, and the last one while its tokens live. */
  published(): Promise<SigningKey[]>;
  /** @throws JWKSNoMatchingKey when none of the published ones has this name */
  find(kid: string | undefined): Promise<SigningKey>;
}

/** A key is withdrawn when the one after it has signed for longer than its last token lives. */
const isWithdrawn = (keys: StoredKey[], index: number, now: number): boolean => {
  const next = keys[index + 1];
  return next !== undefined && now >= next.signs_from + LINGER_MS;
};

/** Opens the ring, with a first key where there is none. @throws when `secret` is not the one it was closed with */
export const openKeyRing = async ({ log, ...options }: RingStoreOptions & { log: Logger }): Promise<KeyRing> => {
  const store = createRingStore(options);
  const opened = new Map<string, SigningKey>();

  const read = async (): Promise<StoredKey[]> => {
    const all = await store.read();
    if (all.length === 0) throw new Error("the ring of signing keys is empty");
    const withdrawn = all.filter((_, index) => isWithdrawn(all, index, Date.now()));
    await store.remove(withdrawn.map(({ kid }) => kid));
    const keys = all.filter((key) => !withdrawn.includes(key));
    for (const { kid, sealed } of keys) opened.set(kid, opened.get(kid) ?? (await openKey(sealed, options.secret)));
    return keys;
  };

  await store.addFirst();
  let keys = await read();
  let readAt = Date.now();
  let reading: Promise<void> | undefined;

  /** The keys as they were a second ago at most; the last ones known while Redis is away. */
  const present = async (): Promise<StoredKey[]> => {
    if (Date.now() - readAt >= REFRESH_MS) {
      reading ??= read()
        .then((read) => void (keys = read))
        .catch((err: unknown) => log.warn({ err }, "cannot read the signing keys, keeping the last ones"))
        .finally(() => {
          readAt = Date.now();
          reading = undefined;
        });
      await reading;
    }
    return keys;
  };

  const open = ({ kid }: StoredKey): SigningKey => {
    const key = opened.get(kid);
    if (!key) throw new Error("a key of the ring is opened when it is read");
    return key;
  };

  const published = async (): Promise<SigningKey[]> => (await present()).map(open);

  return {
    published,
    signing: async () => {
      const all = await present();
      // None, where our clock is behind that of Redis, which has said when the first one begins.
      const key = all.findLast(({ signs_from }) => signs_from <= Date.now()) ?? all[0];
      if (!key) throw new Error("an empty ring is never kept");
      return open(key);
    },
    find: async (kid) => {
      const key = (await published()).find((each) => each.kid === kid);
      if (!key) throw new errors.JWKSNoMatchingKey();
      return key;
    },
  };
};
