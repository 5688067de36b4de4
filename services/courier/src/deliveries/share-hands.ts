/** So many tries may wait for one receiver at once; a slow one must not hold every hand that others need. */
const AT_ONCE = 8;

/** Gives each receiver its share of the hands; `undefined` when it has all of them, and `work` is not begun. */
export const createShares = () => {
  const busy = new Map<string, number>();
  return async <T>(receiver: string, work: () => Promise<T>): Promise<T | undefined> => {
    const running = busy.get(receiver) ?? 0;
    if (running >= AT_ONCE) return undefined;
    busy.set(receiver, running + 1);
    try {
      return await work();
    } finally {
      const left = (busy.get(receiver) ?? 1) - 1;
      if (left === 0) busy.delete(receiver);
      else busy.set(receiver, left);
    }
  };
};
