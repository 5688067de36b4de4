/** A terminal sends Ctrl-C to the whole group, and pnpm hands it on once more: that is one wish, not two. */
const SAME_WISH_MS = 1000;

/** The user's wish to end: the first one asks, a second one, later, insists. */
export interface Interruption {
  signal: AbortSignal;
  /** What to do when the user insists. */
  whenInsisted(act: () => void): void;
  /** Resolves with the wish. */
  asked: Promise<void>;
}

/** Hears Ctrl-C, SIGTERM and the closing of the terminal from now on, and that nobody reads the output any more. */
export const hearInterruption = (outputs: readonly NodeJS.WritableStream[]): Interruption => {
  const controller = new AbortController();
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  let askedAt: number | undefined;
  let insist: (() => void) | undefined;
  const hear = (): void => {
    if (askedAt !== undefined && performance.now() - askedAt > SAME_WISH_MS) return insist?.();
    askedAt ??= performance.now();
    controller.abort();
    resolve();
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, hear);
  for (const output of outputs) output.on("error", hear);
  return { signal: controller.signal, asked, whenInsisted: (act) => (insist = act) };
};
