/**
 * Asks at most once in so many milliseconds: who asks meanwhile gets the same answer, also while it is on its way. A
 * failure is told to those who wait for it and is not held.
 */
export const heldFor = <T>(milliseconds: number, ask: () => Promise<T>): (() => Promise<T>) => {
  let held: { until: number; answer: Promise<T> } | undefined;
  return async () => {
    const now = performance.now();
    if (held && now < held.until) return held.answer;
    const asked = { until: now + milliseconds, answer: ask() };
    held = asked;
    asked.answer.catch(() => {
      if (held === asked) held = undefined;
    });
    return asked.answer;
  };
};
