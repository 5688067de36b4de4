/** Keeps what `open` made for the `limit` keys used last; closes the rest. */
export const keepRecent = <Value>(
  limit: number,
  { open, close }: { open: (key: string) => Promise<Value>; close: (value: Value) => Promise<void> | void },
) => {
  // A Map iterates in order of insertion: the first entry is the one unused for longest.
  const kept = new Map<string, Value>();

  const closeOldest = async (room: number) => {
    for (const [key, value] of kept) {
      if (kept.size <= room) return;
      kept.delete(key);
      await close(value);
    }
  };

  return {
    async get(key: string): Promise<Value> {
      const known = kept.get(key);
      if (known === undefined) await closeOldest(limit - 1);
      const value = known ?? (await open(key));
      kept.delete(key);
      kept.set(key, value);
      return value;
    },
    close: () => closeOldest(0),
  };
};
