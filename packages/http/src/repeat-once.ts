/** Pins a call to one release of a service that has a canary: `always` to the canary, `never` to the other one. */
export const CANARY_PIN = "x-canary";

/**
 * Makes a call that does no harm when made twice. When nobody answers it, or the answer is a fault of the service's own,
 * it is made once more, kept away from a canary; whatever comes of that is passed on.
 *
 * The mesh cannot do this: Envoy chooses the release before it looks at the health of its pods.
 */
export const repeatOnce = async <Answer>(
  attempt: (pin: { [CANARY_PIN]?: "never" }) => Promise<Answer>,
  options: {
    isFault: (answer: Answer) => boolean;
    /** Frees the connection of an answer that nobody will read. */
    discard: (answer: Answer) => Promise<unknown>;
    /** When it aborts, nobody waits for an answer any more. */
    signal: AbortSignal | undefined;
    onRepeat: () => void;
  },
): Promise<Answer> => {
  try {
    const answer = await attempt({});
    if (!options.isFault(answer)) return answer;
    await options.discard(answer);
  } catch (error) {
    if (options.signal?.aborted) throw error;
  }
  options.onRepeat();
  return attempt({ [CANARY_PIN]: "never" });
};
