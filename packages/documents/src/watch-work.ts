/** Who has cancelled a document sees its work ended within two seconds: this, and the end of a process. */
const LOOK_EVERY_MS = 500;

/** Looks again and again whether work is still wanted; `over` is aborted once it is not. */
export const watchWork = (isWanted: () => Promise<boolean>): { over: AbortSignal; stop(): void } => {
  const over = new AbortController();
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      if (!(await isWanted())) over.abort();
    } catch {
      // While Redis is away nobody can know; the next look may.
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return { over: over.signal, stop: () => clearInterval(timer) };
};
