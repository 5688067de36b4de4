import { createRingStore, type RingStoreOptions } from "./ring-store.ts";
import { openKey } from "./signing-key.ts";

/**
 * Adds the next signing key: published at once, it signs after `leadMs`, when every verifier knows it.
 * @throws when `secret` is not the one of the keys that are there, which auth could then not open any more
 */
export const rotateKeys = async ({ leadMs, ...options }: RingStoreOptions & { leadMs: number }) => {
  const store = createRingStore(options);
  for (const { sealed } of await store.read()) await openKey(sealed, options.secret);
  return store.add(leadMs, "next");
};

/** After a leak: one new key takes the place of all, under `secret`, and every token handed out is refused. */
export const replaceKeys = async (options: RingStoreOptions) => createRingStore(options).add(0, "only");
